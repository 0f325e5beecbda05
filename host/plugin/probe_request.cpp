// SPDX-License-Identifier: Apache-2.0
#include "plugin/probe_request.hpp"

#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>
#include <boost/json/value_from.hpp>
#include <boost/json/value_to.hpp>

namespace meshhost::plugin {

namespace json = boost::json;

namespace {

json::object encode(const instance_settings& settings) {
    return {
        {"config", settings.config.values},
        {"origins", json::value_from(settings.config.origins)},
        {"grant", json::value_from(settings.grant)},
        {"digest_bytes", settings.digest_bytes},
    };
}

instance_settings decode_settings(const json::value& from) {
    instance_settings settings;
    settings.config.values = from.at("config").as_object();
    for (const auto& [path, origin] : from.at("origins").as_object())
        settings.config.origins.emplace(path, json::value_to<std::string>(origin));
    settings.grant = json::value_to<std::vector<std::string>>(from.at("grant"));
    settings.digest_bytes = from.at("digest_bytes").to_number<std::uint32_t>();
    return settings;
}

}  // namespace

std::string encode(const probe_request& request) {
    json::object instances;
    for (const auto& [name, settings] : request.settings.instances)
        instances[name] = encode(settings);
    json::array taken;
    for (const taken_name& name : request.taken)
        taken.push_back({{"instance", name.instance}, {"role", name.role}});
    return json::serialize(json::object{
        {"instance", request.spec.instance},
        {"role", request.spec.role},
        {"taken", std::move(taken)},
        {"instances", std::move(instances)},
        {"defaults", encode(request.settings.defaults)},
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
        for (const json::value& name : root.at("taken").as_array())
            request.taken.push_back({word(name, "instance"), word(name, "role")});
        for (const auto& [name, settings] : root.at("instances").as_object())
            request.settings.instances.emplace(name, decode_settings(settings));
        request.settings.defaults = decode_settings(root.at("defaults"));
        return request;
    } catch (const std::exception&) {  // how Boost.JSON reports what is missing or of another type
        return std::nullopt;
    }
}

}  // namespace meshhost::plugin
