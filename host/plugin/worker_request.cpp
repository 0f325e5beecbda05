// SPDX-License-Identifier: Apache-2.0
#include "plugin/worker_request.hpp"

#include "plugin/settings_json.hpp"

#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>
#include <boost/json/value_from.hpp>
#include <boost/json/value_to.hpp>

namespace meshhost::plugin {

namespace json = boost::json;

std::string encode(const worker_request& request) {
    return json::serialize(json::object{
        {"instance", request.instance},
        {"role", request.role},
        {"settings", to_json(request.settings)},
        {"id", request.self.id.to_hex()},
        {"roles", request.self.roles},
        {"since", request.self.since.time_since_epoch().count()},
        {"reserved_alpns", json::value_from(request.reserved_alpns)},
        {"granted", json::value_from(request.granted)},
        {"state_directory", request.state_directory},
        {"cpu", request.limits.cpu_millicores},
        {"memory", request.limits.memory_bytes},
        {"group", request.group},
        {"seed", request.seed},
        {"level", static_cast<int>(request.level)},
        {"withheld", json::value_from(request.withheld)},
    });
}

std::optional<worker_request> decode_worker_request(std::string_view text) {
    const auto word = [](const json::value& from, const char* key) {
        return json::value_to<std::string>(from.at(key));
    };
    try {
        const json::value root = json::parse(text);
        worker_request request;
        request.instance = word(root, "instance");
        request.role = word(root, "role");
        request.settings = settings_from_json(root.at("settings"));
        if (const auto id = identity::endpoint_id::parse(word(root, "id"))) request.self.id = *id;
        request.self.roles = word(root, "roles");
        request.self.since = time_point(duration(root.at("since").to_number<std::int64_t>()));
        request.reserved_alpns =
            json::value_to<std::vector<std::string>>(root.at("reserved_alpns"));
        request.granted = json::value_to<std::vector<std::string>>(root.at("granted"));
        request.state_directory = word(root, "state_directory");
        request.limits.cpu_millicores = root.at("cpu").to_number<std::uint32_t>();
        request.limits.memory_bytes = root.at("memory").to_number<std::uint64_t>();
        request.group = word(root, "group");
        request.seed = root.at("seed").to_number<std::uint64_t>();
        request.withheld = json::value_to<std::vector<std::string>>(root.at("withheld"));
        request.level = static_cast<log_level>(root.at("level").to_number<int>());
        return request;
    } catch (const std::exception&) {  // how Boost.JSON reports what is missing or of another type
        return std::nullopt;
    }
}

}  // namespace meshhost::plugin
