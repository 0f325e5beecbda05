// SPDX-License-Identifier: Apache-2.0
#include "ctl/fields.hpp"
#include "ctl/text_table.hpp"
#include "ctl/view_parts.hpp"
#include "ctl/views.hpp"
#include "ctl/words.hpp"

#include <boost/json/serialize.hpp>
#include <fmt/format.h>

namespace meshhost::ctl {

std::string identity_text(const boost::json::object& data) {
    std::string text;
    for (const auto* name : {"id", "base32", "z32", "key_file", "ticket"})
        if (const auto value = text_in(data, name); !value.empty())
            text += fmt::format("{:<10}{}\n", name, value);
    return text;
}

std::string probe_text(const boost::json::object& data, const console& out) {
    text_table table({{"ROOM"}, {"COUNTER"}, {"VALUE", align::right}});
    for (const auto& [room, counters] : data) {
        if (!counters.is_object()) continue;
        for (const auto& [name, value] : counters.get_object())
            table.add({std::string(room), std::string(name), boost::json::serialize(value)});
    }
    return table.to_string(out.style().header);
}

std::string running_config_text(const boost::json::object& data, const console& out) {
    text_table table({{"KEY"}, {"VALUE"}, {"ORIGIN"}});
    for (const auto& [key, setting] : data) {
        if (!setting.is_object()) continue;
        const auto* value = setting.get_object().if_contains("value");
        table.add(
            {std::string(key),
             value != nullptr ? boost::json::serialize(*value) : "",
             text_in(setting.get_object(), "origin")}
        );
    }
    return table.to_string(out.style().header);
}

}  // namespace meshhost::ctl
