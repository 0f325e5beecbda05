// SPDX-License-Identifier: Apache-2.0
#include "plugin/settings_json.hpp"

#include <boost/json/value_from.hpp>
#include <boost/json/value_to.hpp>

namespace meshhost::plugin {

namespace json = boost::json;

json::object to_json(const instance_settings& settings) {
    return {
        {"config", settings.config.values},
        {"origins", json::value_from(settings.config.origins)},
        {"grant", json::value_from(settings.grant)},
        {"digest_bytes", settings.digest_bytes},
        {"is_isolated", settings.is_isolated},
        {"trace_every", settings.trace_every},
        {"start_limit", settings.start_limit.count()},
    };
}

instance_settings settings_from_json(const json::value& from) {
    instance_settings settings;
    settings.config.values = from.at("config").as_object();
    for (const auto& [path, origin] : from.at("origins").as_object())
        settings.config.origins.emplace(path, json::value_to<std::string>(origin));
    settings.grant = json::value_to<std::vector<std::string>>(from.at("grant"));
    settings.digest_bytes = from.at("digest_bytes").to_number<std::uint32_t>();
    settings.is_isolated = from.at("is_isolated").as_bool();
    settings.trace_every = from.at("trace_every").to_number<std::uint32_t>();
    settings.start_limit = duration(from.at("start_limit").to_number<std::int64_t>());
    return settings;
}

}  // namespace meshhost::plugin
