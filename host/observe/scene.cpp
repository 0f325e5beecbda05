// SPDX-License-Identifier: Apache-2.0
#include "observe/scene.hpp"

#include "admin/meters_json.hpp"
#include "http/envelope.hpp"
#include "observe/proto/fields.hpp"

#include <boost/json/value_from.hpp>

#include <algorithm>
#include <utility>
#include <vector>

namespace meshhost::observe {

namespace json = boost::json;

using proto::object_at;
using proto::rounded_or_null;
using proto::text_at;
using proto::text_or_null;
using proto::told_number;

namespace {

constexpr duration evidence_rest = 5s;  ///< its ages are not told more often
constexpr duration over_after = 10s;    ///< above a budget for so long is worth a word
/// So long before it lost its last neighbour, what this host concluded of others was its isolation.
constexpr duration isolation_begins = 15s;
constexpr std::size_t words_max = 200;  ///< bytes of why a host was not asked
constexpr std::size_t short_id = 10;    ///< digits that stand for a name

json::array contributions_json(std::span<const admin::contribution_snapshot> all) {
    json::array list;
    for (const auto& each : all)
        list.push_back(json::object{
            {"role", each.role},
            {"key", each.key},
            {"unit", text_or_null(each.unit)},
            {"value", each.value}});
    return list;
}

bool is_gone(std::string_view state) {
    return state == "dead" || state == "left" || state == "refused";
}

/// By what others say, or do not say any more; not by its own word.
bool is_lost(std::string_view state) {
    return state == "dead" || state == "stale";
}

/// Which of `ids` the prefixes mean; one that means nobody, or several, is left out.
json::array ids_of(std::span<const std::string> prefixes, std::span<const std::string> sorted_ids) {
    json::array list;
    for (const auto& prefix : prefixes) {
        const auto first = std::lower_bound(sorted_ids.begin(), sorted_ids.end(), prefix);
        if (prefix.empty() || first == sorted_ids.end() || !first->starts_with(prefix)) continue;
        const auto second = std::next(first);
        if (second == sorted_ids.end() || !second->starts_with(prefix)) list.emplace_back(*first);
    }
    return list;
}

std::string before(const moment& at, duration age) {
    return http::format_time(
        at.wall - std::chrono::duration_cast<std::chrono::system_clock::duration>(age)
    );
}

/// Digests come late, and what is in them was true when they were signed: the incarnation is the
/// start itself (docs/wire/digest.md), unless a host's clock was nowhere near.
std::string started_of(const admin::peer_snapshot& peer, const moment& at) {
    // In milliseconds: a host may say anything up to 2^53, for which finer clocks have no room.
    const std::chrono::milliseconds start(peer.incarnation);
    const auto now =
        std::chrono::duration_cast<std::chrono::milliseconds>(at.wall.time_since_epoch());
    if (start > now - std::chrono::years(10) && start < now + std::chrono::days(1))
        return http::format_time(std::chrono::system_clock::time_point(start));
    return peer.uptime ? before(at, *peer.uptime) : "";
}

}  // namespace

void scene::on_meters(const json::object& line, time_point now) {
    const auto* id = line.if_contains("id");
    if (id == nullptr || !id->is_string()) return;
    memory& of = memories_[std::string(id->get_string())];
    if (const auto* error = object_at(line, "error")) {
        of.unasked = text_at(*error, "message", words_max);
        if (of.unasked.empty()) of.unasked = "no answer";
        of.meters.reset();
        of.rates = {};
        of.edges = {};
        return;
    }
    of.unasked.clear();
    auto fresh = proto::read_meters(line);
    const auto before = std::exchange(of.meters, std::nullopt).value_or(proto::told_meters());
    const bool is_later = fresh.uptime_ms > before.uptime_ms && before.uptime_ms > 0;
    const auto elapsed = is_later ? fresh.uptime_ms - before.uptime_ms : 0;
    const auto rate = [&](bool is_told, const told_number& was, const told_number& is) {
        return is_told ? proto::per_second(was.value_or(0), is.value_or(0), elapsed) : std::nullopt;
    };
    const bool is_net = before.net.is_told() && fresh.net.is_told();
    const bool is_gossip = before.gossip.is_told() && fresh.gossip.is_told();
    of.rates = {
        rate(is_net, before.net["bytes_sent"], fresh.net["bytes_sent"]),
        rate(is_net, before.net["bytes_received"], fresh.net["bytes_received"]),
        rate(is_gossip, before.gossip["delivered"], fresh.gossip["delivered"])};
    auto edges = proto::read_edges(line);
    proto::note_rates(edges, of.edges, elapsed);
    of.edges = std::move(edges);
    note_over(of, fresh, now);
    of.meters = std::move(fresh);
}

void scene::forget_meters() {
    for (auto& [id, of] : memories_) {
        of.meters.reset();
        of.rates = {};
        of.edges = {};
        of.over_cpu.reset();
        of.over_memory.reset();
    }
}

void scene::note_over(memory& of, const proto::told_meters& meters, time_point now) const {
    const auto mark = [now](std::optional<time_point>& since, told_number used, told_number limit) {
        const bool is_over = limit.value_or(0) > 0 && used.value_or(0) > *limit;
        if (!is_over)
            since.reset();
        else if (!since)
            since = now;
    };
    mark(of.over_cpu, meters.usage["cpu_millicores"], meters.budget["cpu_millicores"]);
    mark(of.over_memory, meters.usage["rss_bytes"], meters.budget["memory_bytes"]);
}

void scene::add_meters(json::object& node, const memory& of, const moment& at) const {
    json::array over;
    if (of.over_cpu && at.now - *of.over_cpu >= over_after) over.emplace_back("cpu");
    if (of.over_memory && at.now - *of.over_memory >= over_after) over.emplace_back("memory");
    node["over"] = std::move(over);
    node["unasked"] = text_or_null(of.unasked);
    node["usage"] = nullptr;
    node["gossip"] = nullptr;
    node["net"] = nullptr;
    node["plugins"] = json::array();
    if (!of.meters || is_gone(of.state)) return;
    node["usage"] = of.meters->usage.json();
    node["gossip"] = of.meters->gossip.json();
    node["net"] = of.meters->net.json();
    if (auto* net = node["net"].if_object()) {
        (*net)["sent_bps"] = rounded_or_null(of.rates.sent);
        (*net)["received_bps"] = rounded_or_null(of.rates.received);
    }
    node["plugins"] = proto::plugins_json(*of.meters);
}

void scene::note_isolation(const admin::node_snapshot& self, time_point now) {
    const bool is_alone = !self.gossip || self.gossip->neighbors.empty();
    had_neighbors_ = had_neighbors_ || !is_alone;
    if (!is_alone || !had_neighbors_)
        isolated_since_.reset();
    else if (!isolated_since_)
        isolated_since_ = now;
}

/// Others may be well: whoever hears of nobody cannot say that they are gone.
bool scene::is_unknown(const admin::peer_snapshot& peer, time_point now) const {
    if (!isolated_since_ || peer.state == "left" || peer.state == "refused"
        || peer.state == "connecting")
        return false;
    return !is_lost(peer.state) || now - peer.since > *isolated_since_ - isolation_begins;
}

json::object scene::self_json(const moment& at) {
    const auto self = view_.node();
    memory& of = memories_[self.id];
    if (of.state != self.state) of.since = http::format_time(at.wall);
    of.state = self.state;
    json::object node{
        {"id", self.id},
        {"name", self.name.empty() ? self.id.substr(0, short_id) : self.name},
        {"self", true},
        {"tier", text_or_null(self.tier)},
        {"roles", json::value_from(self.roles)},
        {"state", self.state},
        {"evidence", nullptr},
        {"since", of.since},
        {"seen", nullptr},
        {"version", text_or_null(self.version)},
        {"incarnation",
         std::chrono::duration_cast<std::chrono::milliseconds>(self.started_at.time_since_epoch())
             .count()},
        {"started", http::format_time(self.started_at)},
        {"budget", admin::budget_json(self.budget)},
        {"load", admin::load_json(self.load)},
        {"addresses", json::value_from(self.addresses)},
        {"contributions", contributions_json(self.contributions)}};
    add_meters(node, of, at);
    return node;
}

json::object scene::peer_json(const admin::peer_snapshot& peer, const moment& at) {
    memory& of = memories_[peer.id];
    const bool is_guess = is_unknown(peer, at.now);
    const std::string state = is_guess ? "unknown" : peer.state;
    const bool is_news = of.state != state || of.incarnation != peer.incarnation;
    if (is_news) {
        of.since = before(at, is_guess ? at.now - *isolated_since_ : peer.since);
        of.started = started_of(peer, at);
    }
    if (is_news || at.now - of.evidence_at >= evidence_rest) {
        of.evidence = is_guess ? "this observer has no neighbours" : peer.evidence;
        of.evidence_at = at.now;
    }
    if (is_news || of.sequence != peer.sequence)
        of.seen = peer.last_seen ? before(at, *peer.last_seen) : "";
    of.state = state;
    of.incarnation = peer.incarnation;
    of.sequence = peer.sequence;
    json::object node{
        {"id", peer.id},
        {"name", peer.name.empty() ? peer.id.substr(0, short_id) : peer.name},
        {"self", false},
        {"tier", text_or_null(peer.tier)},
        {"roles", json::value_from(peer.roles)},
        {"state", state},
        {"evidence", text_or_null(of.evidence)},
        {"since", of.since},
        {"seen", text_or_null(of.seen)},
        {"version", text_or_null(peer.version)},
        {"incarnation", peer.incarnation},
        {"started", text_or_null(of.started)},
        {"budget", admin::budget_json(peer.budget)},
        {"load", admin::load_json(peer.load)},
        {"addresses", json::value_from(peer.addresses)},
        {"contributions", contributions_json(peer.contributions)}};
    node["lost_by"] = is_lost(state) ? json::value_from(peer.lost_by) : json::array();
    add_meters(node, of, at);
    return node;
}

void scene::compose(const moment& at, proto::picture_taker& to) {
    const auto self = view_.node();
    const auto peers = view_.peers();
    note_isolation(self, at.now);
    std::vector<std::string> known{self.id};
    std::vector<std::string> here{self.id};  // whoever is gone has no links, whatever others say
    for (const auto& peer : peers) {
        known.push_back(peer.id);
        if (!is_gone(peer.state)) here.push_back(peer.id);
    }
    std::sort(known.begin(), known.end());
    std::sort(here.begin(), here.end());
    std::erase_if(memories_, [&](const auto& each) {
        return !std::binary_search(known.begin(), known.end(), each.first);
    });

    auto mesh = mesh_;
    mesh["neighbors"] = self.gossip ? self.gossip->neighbors.size() : 0;
    to.mesh(mesh);
    auto own = self_json(at);
    proto::edge_table edges(here);
    add_edges(edges, self, peers);
    const auto neighbors = edges.neighbors();
    const auto name_neighbors = [&](json::object& node, const std::string& id) {
        json::array list;
        const auto place = std::lower_bound(here.begin(), here.end(), id);
        if (place != here.end() && *place == id)
            for (const auto each : neighbors[static_cast<std::size_t>(place - here.begin())])
                list.emplace_back(here[each]);
        node["neighbors"] = std::move(list);
    };
    name_neighbors(own, self.id);
    to.node(self.id, own);
    for (const auto& peer : peers) {
        auto node = peer_json(peer, at);
        name_neighbors(node, peer.id);
        node["last_neighbors"] =
            is_lost(memories_[peer.id].state) ? ids_of(peer.neighbors, known) : json::array();
        to.node(peer.id, node);
    }
    edges.for_each([&](const std::string& id, const json::object& edge) { to.edge(id, edge); });
}

void scene::add_edges(
    proto::edge_table& to,
    const admin::node_snapshot& self,
    std::span<const admin::peer_snapshot> peers
) const {
    for (const auto& [id, of] : memories_)
        if (of.meters) to.add_edges(id, of.edges);
    for (const auto& peer : peers)
        for (const auto& prefix : peer.neighbors)
            to.add_neighbor(peer.id, prefix);
    if (self.gossip)
        for (const auto& neighbor : self.gossip->neighbors)
            to.add_neighbor(self.id, neighbor.id);
}

const proto::told_edge* scene::told(const std::string& node, const std::string& peer) const {
    const auto of = memories_.find(node);
    if (of == memories_.end() || !of->second.meters || is_gone(of->second.state)) return nullptr;
    return proto::find_edge(of->second.edges, peer);
}

void scene::record(proto::series& to) const {
    for (const auto& [id, of] : memories_) {
        if (!of.meters || is_gone(of.state)) continue;
        proto::sample values;
        values[0] = of.meters->usage["cpu_millicores"];
        values[1] = of.meters->usage["rss_bytes"];
        values[2] = of.rates.received;
        values[3] = of.rates.sent;
        values[4] = of.rates.messages;
        to.set(id, values);
    }
}

}  // namespace meshhost::observe
