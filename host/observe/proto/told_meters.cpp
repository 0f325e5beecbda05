// SPDX-License-Identifier: Apache-2.0
#include "observe/proto/told_meters.hpp"

#include "observe/proto/fields.hpp"

#include <algorithm>
#include <utility>

namespace meshhost::observe::proto {

namespace json = boost::json;

template <class Names>
void told_part<Names>::read(const json::object& meters) {
    const auto* said = object_at(meters, Names::part);
    is_told_ = said != nullptr;
    for (std::size_t i = 0; i < size; ++i)
        numbers_[i] = is_told_ ? number_at(*said, Names::all[i]) : std::nullopt;
}

template <class Names>
told_number told_part<Names>::operator[](std::string_view key) const {
    const auto* const found = std::find(std::begin(Names::all), std::end(Names::all), key);
    return numbers_.at(static_cast<std::size_t>(found - std::begin(Names::all)));
}

template <class Names>
json::value told_part<Names>::json() const {
    if (!is_told_) return nullptr;
    json::object out;
    out.reserve(size);
    for (std::size_t i = 0; i < size; ++i)
        out[Names::all[i]] = numbers_[i] ? json::value(*numbers_[i]) : json::value();
    return out;
}

template class told_part<usage_names>;
template class told_part<budget_names>;
template class told_part<gossip_names>;
template class told_part<net_names>;

told_meters read_meters(const json::object& line) {
    told_meters out;
    out.uptime_ms = number_at(line, "uptime_ms").value_or(0);
    out.usage.read(line);
    out.budget.read(line);
    out.gossip.read(line);
    out.net.read(line);
    const auto* said = line.if_contains("plugins");
    if (said == nullptr || !said->is_array()) return out;
    for (const auto& each : said->get_array()) {
        const auto* plugin = each.if_object();
        if (plugin == nullptr || out.plugins.size() >= told_meters::plugins_max) continue;
        out.plugins.push_back(
            {text_at(*plugin, "instance"), text_at(*plugin, "role"), text_at(*plugin, "state")}
        );
    }
    out.plugins.shrink_to_fit();
    return out;
}

json::array plugins_json(const told_meters& of) {
    json::array list;
    for (const auto& each : of.plugins)
        list.push_back(json::object{
            {"instance", each.instance},
            {"role", text_or_null(each.role)},
            {"state", each.state}});
    return list;
}

}  // namespace meshhost::observe::proto
