// SPDX-License-Identifier: Apache-2.0
#include "ctl/event_lines.hpp"

#include "ctl/fields.hpp"
#include "ctl/view_parts.hpp"
#include "ctl/words.hpp"

#include <fmt/format.h>

#include <utility>

namespace meshhost::ctl {

namespace {

/// RFC 3339 in UTC, as meshhost writes it: "2026-11-22T12:04:51.120Z".
constexpr std::size_t day_length = 10;

std::string time_of_day(const std::string& at) {
    if (at.size() <= day_length + 1) return at;
    auto time = at.substr(day_length + 1);
    if (time.ends_with('Z')) time.pop_back();
    return time;
}

/// Whom it is about: a peer by its name or id; nobody when it is this host.
std::string subject_of(const boost::json::object& event) {
    const auto name = text_in(event, "name");
    return name.empty() ? short_id(text_in(event, "peer")) : name;
}

std::string gap_text(const boost::json::object& gap, const console& out) {
    const auto text = fmt::format(
        "events {} to {} were let go before they could be shown",
        number_in(gap, "from").value_or(0),
        number_in(gap, "to").value_or(0)
    );
    return out.tinted(text, tone::warning) + "\n";
}

}  // namespace

std::string event_lines::line(const boost::json::object& event) {
    const auto type = text_in(event, "type");
    if (type == "gap") return gap_text(event, out_);
    const auto at = text_in(event, "at");
    std::string text;
    if (const auto day = at.substr(0, day_length); day != day_) {
        day_ = day;
        if (!out_.style().quiet) text = out_.tinted(day + " (UTC)", tone::faint) + "\n";
    }
    text += fmt::format("{} {}", time_of_day(at), type);
    if (const auto subject = subject_of(event); !subject.empty()) text += " " + subject;
    const auto from = text_in(event, "from");
    const auto to = text_in(event, "to");
    if (from == to && !to.empty())
        text += " still";  // and why, for another reason
    else if (!from.empty())
        text += " " + from + (to.empty() ? "" : fmt::format(" {}", out_.arrow()));
    const bool is_state = type.ends_with(".state");
    if (!to.empty()) text += " " + (is_state ? out_.tinted(to, tone_of_state(to)) : to);
    if (const auto reason = text_in(event, "reason"); !reason.empty()) text += "  " + reason;
    return text + "\n";
}

table_view events_table(const boost::json::array& events) {
    table_view table(
        "event",
        "type",
        {{"time"},
         {"type"},
         {"node"},
         {"from"},
         {"to"},
         {"reason"},
         {"seq", align::right, false},
         {"id", align::left, false}}
    );
    for (const auto& item : events) {
        const auto& event = item.is_object() ? item.get_object() : boost::json::object();
        const auto number = number_in(event, "seq");
        table_cell sequence;
        if (number) sequence = {std::to_string(*number), static_cast<double>(*number)};
        const auto to = text_in(event, "to");
        table.add(
            {{text_in(event, "at")},
             {text_in(event, "type")},
             {subject_of(event)},
             {text_in(event, "from")},
             {to, {}, tone_of_state(to)},
             {text_in(event, "reason")},
             std::move(sequence),
             {short_id(text_in(event, "peer"))}}
        );
    }
    return table;
}

}  // namespace meshhost::ctl
