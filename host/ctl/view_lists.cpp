// SPDX-License-Identifier: Apache-2.0
#include "ctl/fields.hpp"
#include "ctl/text_table.hpp"
#include "ctl/view_parts.hpp"
#include "ctl/views.hpp"
#include "ctl/words.hpp"

#include <boost/json/serialize.hpp>
#include <fmt/format.h>

namespace meshhost::ctl {

namespace {

/// How long a peer is up, or how long ago it was there.
std::string presence_text(const boost::json::object& peer) {
    if (const auto uptime = ms_in(peer, "uptime_ms")) return "up " + age_text(*uptime);
    if (!object_in(peer, "path").empty()) return "";
    const auto last_seen = ms_in(peer, "last_seen_ms");
    return last_seen ? "seen " + age_text(*last_seen) + " ago" : "never seen";
}

std::vector<std::string> peer_cells(const boost::json::object& peer) {
    const auto& path = object_in(peer, "path");
    const auto rtt = us_in(path, "rtt_us");
    const auto route = fmt::format("{} {}", text_in(path, "kind"), text_in(path, "remote"));
    return {
        name_of(peer),
        short_id(text_in(peer, "id")),
        joined(texts_in(peer, "roles"), ","),
        text_in(peer, "state"),
        path.empty() ? reach_text(peer) : route,
        path.empty() ? text_in(peer, "evidence") : text_in(path, "reason"),
        rtt ? rtt_text(*rtt) : "",
        text_in(peer, "gossip"),
        presence_text(peer),
        text_in(peer, "version"),
        contributions_text(array_in(peer, "contributions"))};
}

std::string total_line(const boost::json::array& items, std::string_view noun) {
    return fmt::format(
        "{}: {}\n",
        count_text(items.size(), noun),
        counts_text(count_by(items, "state"))
    );
}

}  // namespace

std::string peers_text(const boost::json::object& data, const console& out) {
    const auto& peers = array_in(data, "peers");
    if (peers.empty())
        return "no peers: this host was told of none and none has connected; "
               "start it with --peer TICKET\n";
    text_table table(
        {{"NODE"},
         {"ID"},
         {"ROLE"},
         {"STATE"},
         {"PATH"},
         {"REASON"},
         {"RTT", align::right},
         {"GOSSIP"},
         {"SINCE"},
         {"VERSION"},
         {"VALUES"}}
    );
    for (const auto& peer : peers)
        if (peer.is_object()) table.add(peer_cells(peer.get_object()));
    return table.to_string(out.style().header)
           + (out.style().quiet ? std::string() : total_line(peers, "peer"));
}

std::string plugins_text(const boost::json::object& data, const console& out) {
    const auto& plugins = array_in(data, "plugins");
    if (plugins.empty()) return "no plugins: start meshhost with --plugin compute.so\n";
    text_table table({{"INSTANCE"}, {"ROLE"}, {"VERSION"}, {"ABI"}, {"STATE"}, {"FILE"}, {"WHY"}});
    for (const auto& item : plugins) {
        if (!item.is_object()) continue;
        const auto& plugin = item.get_object();
        table.add(
            {text_in(plugin, "instance"),
             text_in(plugin, "role"),
             text_in(plugin, "version"),
             text_in(plugin, "abi"),
             text_in(plugin, "state"),
             text_in(plugin, "path"),
             text_in(plugin, "error")}
        );
    }
    return table.to_string(out.style().header)
           + (out.style().quiet ? std::string() : total_line(plugins, "plugin"));
}

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
