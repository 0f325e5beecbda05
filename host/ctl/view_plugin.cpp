// SPDX-License-Identifier: Apache-2.0
#include "ctl/fields.hpp"
#include "ctl/terminal_text.hpp"
#include "ctl/text_table.hpp"
#include "ctl/view_parts.hpp"
#include "ctl/views.hpp"
#include "ctl/words.hpp"

#include <fmt/format.h>

namespace meshhost::ctl {

namespace {

std::string number_text(const boost::json::object& from, std::string_view key) {
    const auto* value = from.if_contains(key);
    if (value == nullptr || !value->is_number()) return "";
    return fmt::format("{:.6g}", value->to_number<double>());
}

std::string point_text(const boost::json::object& point, std::string_view kind) {
    if (kind != "histogram") return number_text(point, "value");
    const auto* count = point.if_contains("count");
    const auto* sum = point.if_contains("sum");
    if (count == nullptr || sum == nullptr || !count->is_number() || !sum->is_number()) return "";
    const auto times = count->to_number<double>();
    const auto mean = times > 0 ? sum->to_number<double>() / times : 0;
    return fmt::format("{:.0f} times, mean {:.6g}", times, mean);
}

}  // namespace

std::string metrics_text(const boost::json::object& data, const console& out) {
    text_table table({{"METRIC"}, {"KIND"}, {"ATTRIBUTES"}, {"VALUE", align::right}, {"UNIT"}});
    std::size_t shown = 0;
    for (const auto& item : array_in(data, "metrics")) {
        if (!item.is_object()) continue;
        const auto& metric = item.get_object();
        const auto kind = text_in(metric, "kind");
        for (const auto& each : array_in(metric, "points")) {
            if (!each.is_object()) continue;
            const auto& point = each.get_object();
            table.add(
                {text_in(metric, "name"),
                 kind,
                 flag_in(point, "overflow") ? "(all others)"
                                            : attributes_text(object_in(point, "attributes")),
                 point_text(point, kind),
                 text_in(metric, "unit")}
            );
            ++shown;
        }
    }
    std::string text = flag_in(data, "fresh")
                           ? ""
                           : "the role did not answer in time: this is what it said before\n";
    if (shown == 0) return text + "no measurements: the role has recorded none\n";
    return text + table.to_string(out.style().header);
}

std::string spans_text(const boost::json::object& data, const console& out) {
    text_table table(
        {{"TRACE"}, {"SPAN"}, {"NAME"}, {"KIND"}, {"TOOK", align::right}, {"END"}, {"ATTRIBUTES"}}
    );
    std::size_t shown = 0;
    for (const auto& item : array_in(data, "spans")) {
        if (!item.is_object()) continue;
        const auto& span = item.get_object();
        const auto message = text_in(span, "message");
        table.add(
            {text_in(span, "trace"),
             text_in(span, "span"),
             text_in(span, "name"),
             text_in(span, "kind"),
             took_text(span),
             flag_in(span, "ok") ? "ok" : message,
             attributes_text(object_in(span, "attributes"))}
        );
        ++shown;
    }
    if (shown == 0) return "no spans: the role has finished none\n";
    return table.to_string(out.style().header);
}

std::string reload_text(const boost::json::object& data, const console& out) {
    std::string text;
    for (const auto& key : texts_in(data, "restart"))
        text += fmt::format("{} needs a restart of the host\n", key);
    for (const auto& key : texts_in(data, "changed"))
        text += fmt::format("{} applied\n", key);
    text_table table({{"INSTANCE"}, {"OUTCOME"}, {"CHANGED"}, {"WHY"}});
    bool has_rows = false;
    for (const auto& item : array_in(data, "instances")) {
        if (!item.is_object()) continue;
        const auto& each = item.get_object();
        table.add(
            {text_in(each, "instance"),
             text_in(each, "outcome"),
             fmt::format("{}", fmt::join(texts_in(each, "changed"), " ")),
             text_in(each, "reason")}
        );
        has_rows = true;
    }
    if (has_rows) text += table.to_string(out.style().header);
    return text + (flag_in(data, "applied") ? "applied\n" : "refused: nothing is applied\n");
}

}  // namespace meshhost::ctl
