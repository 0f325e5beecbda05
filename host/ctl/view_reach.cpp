// SPDX-License-Identifier: Apache-2.0
#include "ctl/view_reach.hpp"

#include "ctl/fact_lines.hpp"
#include "ctl/fields.hpp"
#include "ctl/view_parts.hpp"
#include "ctl/words.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace meshhost::ctl {

namespace {

std::string udp_text(const boost::json::object& reach, const console& out) {
    const auto word = text_in(reach, "udp");
    if (word == "yes") return out.tinted("gets through", tone::good);
    if (word == "no") return out.tinted("does not get through", tone::bad);
    return "not known: no server was asked, or none has answered";
}

std::string nat_text(const boost::json::object& reach, const console& out) {
    const auto word = text_in(reach, "mapping");
    if (word == "none") return "none: this host is seen at an address of its own";
    if (word == "same") return "the same port for everybody (endpoint-independent mapping)";
    if (word == "varies")
        return out.tinted("another port for each peer (a \"symmetric\" NAT)", tone::warning);
    return "not known: it takes two servers to tell";
}

std::vector<std::string> address_lines(const boost::json::object& reach) {
    std::vector<std::string> lines;
    for (const auto& item : array_in(reach, "addresses"))
        if (item.is_object())
            lines.push_back(fmt::format(
                "{:<28}{}",
                text_in(item.get_object(), "at"),
                text_in(item.get_object(), "kind")
            ));
    return lines;
}

std::vector<std::string> server_lines(const boost::json::object& reach, const console& out) {
    std::vector<std::string> lines;
    for (const auto& item : array_in(reach, "servers")) {
        if (!item.is_object()) continue;
        const auto& server = item.get_object();
        const auto seen = text_in(server, "seen");
        const auto rtt = us_in(server, "rtt_us");
        lines.push_back(fmt::format(
            "{:<28}{}{}",
            text_in(server, "name"),
            seen.empty() ? out.tinted("does not answer", tone::warning) : "sees " + seen,
            rtt ? ", " + rtt_text(*rtt) : ""
        ));
    }
    return lines;
}

std::vector<std::string> relay_lines(const boost::json::object& reach, const console& out) {
    std::vector<std::string> lines;
    for (const auto& item : array_in(reach, "relays")) {
        if (!item.is_object()) continue;
        const auto& relay = item.get_object();
        const auto status = text_in(relay, "status");
        const auto latency = us_in(relay, "latency_us");
        const bool is_up = status == "up";
        std::string line = fmt::format(
            "{:<28}{}",
            text_in(relay, "url"),
            out.tinted(status, is_up ? tone::good : tone::bad)
        );
        if (is_up && latency) line += " " + rtt_text(*latency);
        const auto reason = text_in(relay, "reason");
        if (!is_up && !reason.empty() && reason != "none") line += " (" + reason + ")";
        if (const auto* home = relay.if_contains("home"); home != nullptr && *home == true)
            line += out.style().unicode ? " ← home" : " <- home";
        if (const auto* own = relay.if_contains("own"); own != nullptr && *own == false)
            line += ", of a peer";
        lines.push_back(std::move(line));
    }
    return lines;
}

tone tone_of_verdict(const std::string& word) {
    if (word == "good") return tone::good;
    if (word == "alone") return tone::bad;
    return word == "unknown" ? tone::plain : tone::warning;
}

const boost::json::object& entry_of(const boost::json::object& reach, const std::string& id) {
    static const boost::json::object none;
    for (const auto& item : array_in(reach, "peers"))
        if (item.is_object() && text_in(item.get_object(), "id") == id) return item.get_object();
    return none;
}

}  // namespace

std::string netcheck_text(const boost::json::object& reach, const console& out) {
    std::string text = one_fact("udp", udp_text(reach, out));
    text += one_fact("nat", nat_text(reach, out));
    text += one_fact("filtering", text_in(reach, "filtering"));
    text += one_fact("hairpin", text_in(reach, "hairpin"));
    const auto& mapping = object_in(reach, "port_mapping");
    text += one_fact(
        "router",
        fmt::format(
            "PCP {}{}NAT-PMP {}{}UPnP {}",
            text_in(mapping, "pcp"),
            out.dot(),
            text_in(mapping, "nat_pmp"),
            out.dot(),
            text_in(mapping, "upnp")
        )
    );
    text += one_fact("portal", text_in(reach, "captive_portal"));
    text += many_facts("addresses", address_lines(reach));
    const auto servers = server_lines(reach, out);
    text += servers.empty() ? one_fact("servers", "none asked") : many_facts("servers", servers);
    const auto relays = relay_lines(reach, out);
    text +=
        relays.empty() ? one_fact("relays", "none: set relay.urls") : many_facts("relays", relays);
    const auto& discovery = object_in(reach, "discovery");
    const auto* mdns = discovery.if_contains("mdns");
    text += one_fact(
        "discovery",
        mdns != nullptr && *mdns == true
            ? fmt::format("mDNS, {} found", number_in(discovery, "found").value_or(0))
            : "off: set discovery.mdns to find hosts on this network"
    );
    const auto word = text_in(reach, "verdict");
    text += fmt::format(
        "verdict: {}{}{}\n",
        out.tinted(word, tone_of_verdict(word)),
        out.style().unicode ? " — " : " - ",
        text_in(reach, "words")
    );
    return text;
}

std::string path_story_text(
    const std::string& from,
    const boost::json::object& peer,
    const boost::json::object& reach,
    const console& out
) {
    const auto& path = object_in(peer, "path");
    const auto& known = entry_of(reach, text_in(peer, "id"));
    const auto kind = text_in(path, "kind");
    const bool is_relayed = kind == "relayed";
    std::string text = fmt::format(
        "{} {} {}   {}\n",
        from,
        out.arrow(),
        name_of(peer),
        kind.empty() ? reach_text(peer) : out.tinted(kind, is_relayed ? tone::warning : tone::good)
    );
    const auto remote = text_in(path, "remote");
    if (!remote.empty()) text += one_fact(is_relayed ? "relay" : "address", remote);
    const auto reason = text_in(path, "reason");
    const auto words = text_in(known, "words");
    const bool is_told = !words.empty() && text_in(known, "reason") == reason;
    if (!reason.empty()) text += one_fact("why", is_told ? reason + ": " + words : reason);
    if (const auto rtt = us_in(path, "rtt_us")) {
        const auto least = us_in(path, "rtt_min_us");
        text += one_fact(
            "rtt",
            rtt_text(*rtt) + (least ? fmt::format(", at least {}", rtt_text(*least)) : "")
        );
    }
    if (number_in(known, "rounds").value_or(0) > 0)
        text += one_fact(
            "tried",
            fmt::format(
                "{} of probes, {} moves, of which {} failed",
                count_text(static_cast<std::size_t>(*number_in(known, "rounds")), "round"),
                number_in(known, "moves").value_or(0),
                number_in(known, "moves_failed").value_or(0)
            )
        );
    const auto direct = text_in(known, "direct");
    if (is_relayed && !direct.empty()) text += one_fact("opens", direct);
    return text;
}

}  // namespace meshhost::ctl
