// SPDX-License-Identifier: Apache-2.0
#include "ctl/budget_use.hpp"
#include "ctl/fact_lines.hpp"
#include "ctl/fields.hpp"
#include "ctl/view_parts.hpp"
#include "ctl/views.hpp"
#include "ctl/words.hpp"

#include <fmt/format.h>

namespace meshhost::ctl {

namespace {

std::string or_unknown(const std::string& text) {
    return text.empty() ? "not known" : text;
}

std::string state_line(const boost::json::object& peer, const console& out) {
    const auto state = text_in(peer, "state");
    auto text = out.tinted(or_unknown(state), tone_of_state(state));
    if (const auto since = ms_in(peer, "since_ms")) text += " for " + age_text(*since);
    const auto evidence = text_in(peer, "evidence");
    return evidence.empty() ? text : text + ": " + evidence;
}

std::string path_line(const boost::json::object& peer, const console& out) {
    const auto& path = object_in(peer, "path");
    auto text = path_text(peer);
    for (const auto* key : {"remote", "reason"})
        if (const auto value = text_in(path, key); !value.empty()) text += out.dot() + value;
    return text;
}

std::string presence_line(const boost::json::object& peer, const console& out) {
    std::vector<std::string> parts;
    if (const auto uptime = ms_in(peer, "uptime_ms")) parts.push_back("up " + age_text(*uptime));
    if (const auto seen = ms_in(peer, "last_seen_ms"))
        parts.push_back("seen " + age_text(*seen) + " ago");
    if (const auto lease = ms_in(peer, "lease_ms"))
        parts.push_back("good for " + age_text(*lease) + " without a newer record");
    if (const auto number = number_in(peer, "incarnation"); number && *number > 0)
        parts.push_back(fmt::format(
            "incarnation {}, record {}",
            *number,
            number_in(peer, "sequence").value_or(0)
        ));
    return joined(parts, out.dot());
}

std::string neighbors_line(const boost::json::object& neighbors) {
    std::vector<std::string> ids;
    for (const auto& id : texts_in(neighbors, "ids"))
        ids.push_back(short_id(id));
    const auto count = number_in(neighbors, "count").value_or(0);
    return count == 0 ? "none known" : fmt::format("{}: {}", count, joined(ids, ", "));
}

std::string live_text(const boost::json::object& live, const console& out) {
    const auto& usage = object_in(live, "usage");
    const auto& gossip = object_in(live, "gossip");
    const auto number = [](const boost::json::object& from, std::string_view key) {
        return number_in(from, key).value_or(0);
    };
    auto text = one_fact("budget", budget_use_text(live, out));
    text += one_fact(
        "process",
        fmt::format("{} threads, {} descriptors", number(usage, "threads"), number(usage, "fds"))
    );
    text += one_fact(
        "gossip",
        fmt::format(
            "{} eager, {} lazy, {} in reserve{}{} delivered, {} duplicates",
            number(gossip, "eager"),
            number(gossip, "lazy"),
            number(gossip, "passive"),
            out.dot(),
            number(gossip, "delivered"),
            number(gossip, "duplicates")
        )
    );
    std::vector<std::string> plugins;
    for (const auto& item : array_in(live, "plugins"))
        if (item.is_object())
            plugins.push_back(fmt::format(
                "{} {}",
                text_in(item.get_object(), "instance"),
                text_in(item.get_object(), "state")
            ));
    return text + one_fact("plugins", plugins.empty() ? "none" : joined(plugins, ", "));
}

}  // namespace

std::string node_text(const boost::json::object& data, const console& out) {
    const auto& peer = object_in(data, "peer");
    auto text =
        one_fact("node", fmt::format("{}{}{}", name_of(peer), out.dot(), text_in(peer, "id")));
    text += one_fact(
        "is",
        fmt::format(
            "{}{}{}{}meshhost {}",
            or_unknown(text_in(peer, "tier")),
            out.dot(),
            or_unknown(joined(texts_in(peer, "roles"), ", ")),
            out.dot(),
            or_unknown(text_in(peer, "version"))
        )
    );
    text += one_fact("state", state_line(peer, out));
    if (!data.contains("is_self")) text += one_fact("path", path_line(peer, out));
    if (const auto presence = presence_line(peer, out); !presence.empty())
        text += one_fact("presence", presence);
    text += one_fact("neighbors", neighbors_line(object_in(peer, "neighbors")));
    text += many_facts("addresses", texts_in(peer, "addresses"));
    if (const auto values = contributions_text(array_in(peer, "contributions")); !values.empty())
        text += one_fact("values", values);
    const auto& live = object_in(data, "live");
    if (!live.empty()) return text + live_text(live, out);
    const auto& error = object_in(data, "live_error");
    return text
           + one_fact(
               "live",
               out.tinted(
                   fmt::format("cannot be asked: {}", or_unknown(text_in(error, "message"))),
                   tone::warning
               )
           );
}

}  // namespace meshhost::ctl
