// SPDX-License-Identifier: Apache-2.0
#include "ctl/fields.hpp"
#include "ctl/text_table.hpp"
#include "ctl/view_parts.hpp"
#include "ctl/views.hpp"

#include <fmt/chrono.h>
#include <fmt/format.h>

namespace meshhost::ctl {

namespace {

/// "12:04:51.120", of UTC.
std::string time_text(const boost::json::object& span) {
    const auto at = number_in(span, "started_unix_us");
    if (!at) return "";
    const std::chrono::system_clock::time_point when{std::chrono::microseconds(*at)};
    const auto seconds = std::chrono::floor<std::chrono::seconds>(when);
    const auto ms = std::chrono::duration_cast<std::chrono::milliseconds>(when - seconds).count();
    return fmt::format("{:%H:%M:%S}.{:03}", seconds, ms);
}

std::string total_text(const boost::json::object& data, std::size_t shown) {
    const auto number = [&](const char* key) { return number_in(data, key).value_or(0); };
    return fmt::format(
        "{} of {} held (room for {}) · {} anomalies, {} too soon after others · {} told because of "
        "one\n",
        shown,
        number("held"),
        number("slots"),
        number("anomalies"),
        number("suppressed"),
        number("promoted")
    );
}

}  // namespace

std::string flight_text(const boost::json::object& data, const console& out) {
    text_table table({{"AT (UTC)"}, {"TOOK", align::right}, {"SPAN"}, {"END"}, {"TOLD"}, {"WHAT"}});
    std::size_t shown = 0;
    for (const auto& item : array_in(data, "spans")) {
        if (!item.is_object()) continue;
        const auto& span = item.get_object();
        const bool is_ok = flag_in(span, "ok");
        const auto fate = text_in(span, "fate");
        table.add(
            {time_text(span),
             took_text(span),
             text_in(span, "name"),
             is_ok ? "ok" : text_in(span, "message"),
             fate == "held" ? "" : fate,
             attributes_text(object_in(span, "attributes"))},
            {tone::plain,
             tone::plain,
             tone::plain,
             is_ok ? tone::plain : tone::bad,
             tone::plain,
             tone::faint}
        );
        ++shown;
    }
    if (shown == 0) return "nothing is recorded yet\n";
    const auto text = table.to_string(out.style().header, &out);
    return out.style().quiet ? text : text + total_text(data, shown);
}

}  // namespace meshhost::ctl
