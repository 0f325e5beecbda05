// SPDX-License-Identifier: Apache-2.0
#include "admin/reload_snapshot.hpp"

#include <boost/json/array.hpp>
#include <boost/json/value_from.hpp>

namespace meshhost::admin {

namespace json = boost::json;

json::object reload_json(const reload_snapshot& reload) {
    json::array instances;
    for (const auto& each : reload.instances)
        instances.push_back(json::object{
            {"instance", each.name},
            {"outcome", each.outcome},
            {"changed", json::value_from(each.changed)},
            {"reason", each.reason.empty() ? json::value(nullptr) : json::value(each.reason)}});
    return {
        {"applied", reload.is_applied},
        {"restart", json::value_from(reload.restart)},
        {"changed", json::value_from(reload.changed)},
        {"instances", std::move(instances)}};
}

}  // namespace meshhost::admin
