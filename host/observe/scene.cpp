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

using proto::number_at;
using proto::object_at;
using proto::rounded_or_null;
using proto::text_at;
using proto::text_or_null;

namespace {

constexpr duration evidence_rest = 5s;   ///< its ages are not told more often
constexpr duration over_after = 10s;     ///< above a budget for so long is worth a word
constexpr std::size_t plugins_max = 32;  ///< of one host
constexpr std::size_t words_max = 200;   ///< bytes of why a host was not asked
constexpr std::size_t short_id = 10;     ///< digits that stand for a name

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

std::uint64_t count_at(const json::object& of, std::string_view key) {
    return number_at(of, key).value_or(0);
}

/// Only what is named: another host says what it likes.
json::object numbers_of(const json::object& from, std::initializer_list<const char*> keys) {
    json::object out;
    for (const char* key : keys) {
        const auto number = number_at(from, key);
        out[key] = number ? json::value(*number) : json::value();
    }
    return out;
}

json::array plugins_of(const json::object& meters) {
    json::array list;
    const auto* said = meters.if_contains("plugins");
    if (said == nullptr || !said->is_array()) return list;
    for (const auto& each : said->get_array()) {
        const auto* plugin = each.if_object();
        if (plugin == nullptr || list.size() >= plugins_max) continue;
        list.push_back(json::object{
            {"instance", text_at(*plugin, "instance")},
            {"role", text_or_null(text_at(*plugin, "role"))},
            {"state", text_at(*plugin, "state")}});
    }
    return list;
}

/// What is kept of a host's meters beside its edges, in the form of schemas/node.json.
json::object trimmed(const json::object& line) {
    json::object kept{
        {"uptime_ms", count_at(line, "uptime_ms")},
        {"usage", nullptr},
        {"budget", nullptr},
        {"gossip", nullptr},
        {"net", nullptr},
        {"plugins", plugins_of(line)}};
    const auto keep = [&](const char* part, std::initializer_list<const char*> keys) {
        if (const auto* said = object_at(line, part)) kept[part] = numbers_of(*said, keys);
    };
    keep("usage", {"cpu_millicores", "rss_bytes", "fds", "threads"});
    keep("budget", {"cpu_millicores", "memory_bytes"});
    keep(
        "gossip",
        {"active",
         "passive",
         "eager",
         "lazy",
         "delivered",
         "duplicates",
         "frames_sent",
         "frames_received"}
    );
    keep("net", {"connections", "bytes_sent", "bytes_received"});
    return kept;
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
    const json::object none;
    const json::object& then = of.meters ? *of.meters : none;
    auto fresh = trimmed(line);
    const auto uptime = count_at(fresh, "uptime_ms");
    const auto elapsed = of.meters && uptime > count_at(then, "uptime_ms")
                             ? uptime - count_at(then, "uptime_ms")
                             : 0;
    const auto of_part = [&](const char* part, const char* key) -> std::optional<std::uint64_t> {
        const auto* was = object_at(then, part);
        const auto* is = object_at(fresh, part);
        if (was == nullptr || is == nullptr) return std::nullopt;
        return proto::per_second(count_at(*was, key), count_at(*is, key), elapsed);
    };
    of.rates = {
        of_part("net", "bytes_sent"),
        of_part("net", "bytes_received"),
        of_part("gossip", "delivered")};
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

void scene::note_over(memory& of, const json::object& meters, time_point now) const {
    const auto* usage = object_at(meters, "usage");
    const auto* budget = object_at(meters, "budget");
    const auto mark = [&](std::optional<time_point>& since, const char* used, const char* limit) {
        const bool is_over = usage != nullptr && budget != nullptr && count_at(*budget, limit) > 0
                             && count_at(*usage, used) > count_at(*budget, limit);
        if (!is_over)
            since.reset();
        else if (!since)
            since = now;
    };
    mark(of.over_cpu, "cpu_millicores", "cpu_millicores");
    mark(of.over_memory, "rss_bytes", "memory_bytes");
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
    node["usage"] = of.meters->at("usage");
    node["gossip"] = of.meters->at("gossip");
    if (const auto* net = object_at(*of.meters, "net")) {
        auto said = *net;
        said["sent_bps"] = rounded_or_null(of.rates.sent);
        said["received_bps"] = rounded_or_null(of.rates.received);
        node["net"] = std::move(said);
    }
    node["plugins"] = of.meters->at("plugins");
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
    const bool is_news = of.state != peer.state || of.incarnation != peer.incarnation;
    if (is_news) {
        of.since = before(at, peer.since);
        of.started = started_of(peer, at);
    }
    if (is_news || at.now - of.evidence_at >= evidence_rest) {
        of.evidence = peer.evidence;
        of.evidence_at = at.now;
    }
    if (is_news || of.sequence != peer.sequence)
        of.seen = peer.last_seen ? before(at, *peer.last_seen) : "";
    of.state = peer.state;
    of.incarnation = peer.incarnation;
    of.sequence = peer.sequence;
    json::object node{
        {"id", peer.id},
        {"name", peer.name.empty() ? peer.id.substr(0, short_id) : peer.name},
        {"self", false},
        {"tier", text_or_null(peer.tier)},
        {"roles", json::value_from(peer.roles)},
        {"state", peer.state},
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
    node["lost_by"] = is_lost(peer.state) ? json::value_from(peer.lost_by) : json::array();
    add_meters(node, of, at);
    return node;
}

void scene::compose(const moment& at, proto::picture_taker& to) {
    const auto self = view_.node();
    const auto peers = view_.peers();
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
            is_lost(peer.state) ? ids_of(peer.neighbors, known) : json::array();
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
        if (const auto* usage = object_at(*of.meters, "usage")) {
            values[0] = number_at(*usage, "cpu_millicores");
            values[1] = number_at(*usage, "rss_bytes");
        }
        values[2] = of.rates.received;
        values[3] = of.rates.sent;
        values[4] = of.rates.messages;
        to.set(id, values);
    }
}

}  // namespace meshhost::observe
