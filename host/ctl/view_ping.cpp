// SPDX-License-Identifier: Apache-2.0
#include "ctl/fields.hpp"
#include "ctl/view_parts.hpp"
#include "ctl/views.hpp"
#include "ctl/words.hpp"

#include <fmt/format.h>

namespace meshhost::ctl {

std::string peer_line(const boost::json::object& peer, const console& out) {
    std::vector<std::string> parts{name_of(peer), short_id(text_in(peer, "id"))};
    const auto roles = joined(texts_in(peer, "roles"), ", ");
    const auto version = text_in(peer, "version");
    if (!version.empty()) parts.push_back(roles.empty() ? version : roles + " " + version);
    if (const auto uptime = ms_in(peer, "uptime_ms")) parts.push_back("up " + age_text(*uptime));
    const auto values = contributions_text(array_in(peer, "contributions"));
    if (!values.empty()) parts.push_back(values);
    return joined(parts, out.dot()) + "\n";
}

std::string ping_reply_text(const boost::json::object& reply, const console& out) {
    const auto rtt = us_in(reply, "rtt_us");
    const auto& path = object_in(reply, "path");
    if (!rtt) return out.tinted("no reply within the timeout", tone::bad) + "\n";
    const auto route = fmt::format("{} {}", text_in(path, "kind"), text_in(path, "remote"));
    const auto reason = text_in(path, "reason");
    return fmt::format(
        "{:<34}{:>9}{}\n",
        route,
        rtt_text(*rtt),
        reason.empty() ? "" : "   (" + reason + ")"
    );
}

std::string ping_summary_text(const boost::json::object& data, const console& out) {
    std::string text = fmt::format(
        "{}/{} replies",
        number_in(data, "received").value_or(0),
        number_in(data, "sent").value_or(0)
    );
    for (const auto* name : {"min", "median", "max"})
        if (const auto rtt = us_in(data, fmt::format("{}_us", name)))
            text += fmt::format("{}{} {}", out.dot(), name, rtt_text(*rtt));
    return text + "\n";
}

}  // namespace meshhost::ctl
