// SPDX-License-Identifier: Apache-2.0
#include "plugin/probe_request.hpp"

#include "plugin/settings_json.hpp"

#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>
#include <boost/json/value_to.hpp>

namespace meshhost::plugin {

namespace json = boost::json;

const instance_settings& own_settings(const probe_request& request) {
    const auto found = request.settings.instances.find(request.spec.instance);
    return found == request.settings.instances.end() ? request.settings.defaults : found->second;
}

std::string encode(const probe_request& request) {
    return json::serialize(json::object{
        {"instance", request.spec.instance},
        {"role", request.spec.role},
        {"state_directory", request.settings.state_directory.string()},
        {"settings", to_json(own_settings(request))},
    });
}

std::optional<probe_request> decode_probe_request(std::string_view text) {
    const auto word = [](const json::value& from, const char* key) {
        return json::value_to<std::string>(from.at(key));
    };
    try {
        const json::value root = json::parse(text);
        probe_request request;
        request.spec.instance = word(root, "instance");
        request.spec.role = word(root, "role");
        request.settings.state_directory = word(root, "state_directory");
        request.settings.defaults = settings_from_json(root.at("settings"));
        return request;
    } catch (const std::exception&) {  // how Boost.JSON reports what is missing or of another type
        return std::nullopt;
    }
}

}  // namespace meshhost::plugin
