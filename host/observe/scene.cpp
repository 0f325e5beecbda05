// SPDX-License-Identifier: Apache-2.0
#include "observe/scene.hpp"

#include "admin/meters_json.hpp"
#include "http/envelope.hpp"
#include "observe/proto/edges.hpp"

#include <boost/json/value_from.hpp>

#include <algorithm>
#include <set>
#include <utility>

namespace meshhost::observe {

namespace json = boost::json;

namespace {

constexpr duration evidence_rest = 5s;  ///< its ages are not told more often
constexpr duration over_after = 10s;    ///< above a budget for so long is worth a word
constexpr std::size_t short_id = 10;    ///< digits that stand for a name

json::value text_or_null(const std::string& text) {
    if (text.empty()) return nullptr;
    return json::value(text);
}

std::uint64_t number_at(const json::object& of, std::string_view key) {
    const auto* found = of.if_contains(key);
    if (found == nullptr || !found->is_number()) return 0;
    const double number = found->to_number<double>();
    return number > 0 ? static_cast<std::uint64_t>(number) : 0;
}

const json::object* object_at(const json::object& of, std::string_view key) {
    const auto* found = of.if_contains(key);
    return found == nullptr ? nullptr : found->if_object();
}

/// Per second; nullopt when the counter began anew.
std::optional<std::uint64_t> rate(std::uint64_t before, std::uint64_t now, std::uint64_t ms) {
    if (ms == 0 || now < before) return std::nullopt;
    return (now - before) * 1000 / ms;
}

/// The first two digits: what changes behind them is no news.
std::uint64_t rounded(std::uint64_t value) {
    std::uint64_t scale = 1;
    while (value / scale >= 100)
        scale *= 10;
    return value / scale * scale;
}

json::value rounded_or_null(const std::optional<std::uint64_t>& value) {
    if (!value) return nullptr;
    return rounded(*value);
}

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

std::string before(const moment& at, duration age) {
    return http::format_time(
        at.wall - std::chrono::duration_cast<std::chrono::system_clock::duration>(age)
    );
}

/// Only what schemas/node.json names: another host says what it likes.
json::object numbers_of(const json::object& from, std::initializer_list<const char*> keys) {
    json::object out;
    for (const char* key : keys)
        out[key] = number_at(from, key);
    return out;
}

json::array plugins_of(const json::object& meters) {
    json::array list;
    const auto* said = meters.if_contains("plugins");
    if (said == nullptr || !said->is_array()) return list;
    const auto text = [](const json::object& of, const char* key) -> json::value {
        const auto* found = of.if_contains(key);
        if (found == nullptr || !found->is_string()) return nullptr;
        return *found;
    };
    for (const auto& each : said->get_array()) {
        if (!each.is_object()) continue;
        const auto instance = text(each.get_object(), "instance");
        const auto state = text(each.get_object(), "state");
        if (instance.is_string() && state.is_string())
            list.push_back(json::object{
                {"instance", instance},
                {"role", text(each.get_object(), "role")},
                {"state", state}});
    }
    return list;
}

}  // namespace

void scene::on_meters(const json::object& line, time_point now) {
    const auto* id = line.if_contains("id");
    if (id == nullptr || !id->is_string()) return;
    memory& of = memories_[std::string(id->get_string())];
    if (const auto* error = object_at(line, "error")) {
        const auto* words = error->if_contains("message");
        of.unasked =
            words != nullptr && words->is_string() ? std::string(words->get_string()) : "no answer";
        of.meters.reset();
        of.rates = {};
        of.edge_rates.clear();
        return;
    }
    of.unasked.clear();
    const json::object none;
    const json::object& then = of.meters ? *of.meters : none;
    const auto uptime = number_at(line, "uptime_ms");
    const auto elapsed = of.meters && uptime > number_at(then, "uptime_ms")
                             ? uptime - number_at(then, "uptime_ms")
                             : 0;
    const auto of_part = [&](const char* part, const char* key) -> std::optional<std::uint64_t> {
        const auto* was = object_at(then, part);
        const auto* is = object_at(line, part);
        if (was == nullptr || is == nullptr) return std::nullopt;
        return rate(number_at(*was, key), number_at(*is, key), elapsed);
    };
    of.rates = {
        of_part("net", "bytes_sent"),
        of_part("net", "bytes_received"),
        of_part("gossip", "delivered")};
    auto bytes = proto::bytes_by_peer(line);
    of.edge_rates.clear();
    for (const auto& [peer, sent] : bytes)
        if (const auto known = of.edge_bytes.find(peer); known != of.edge_bytes.end())
            if (const auto each = rate(known->second, sent, elapsed)) of.edge_rates[peer] = *each;
    of.edge_bytes = std::move(bytes);
    note_over(of, line, now);
    of.meters = line;
}

void scene::note_over(memory& of, const json::object& meters, time_point now) const {
    const auto* usage = object_at(meters, "usage");
    const auto* budget = object_at(meters, "budget");
    const auto mark = [&](std::optional<time_point>& since, const char* used, const char* limit) {
        const bool is_over = usage != nullptr && budget != nullptr && number_at(*budget, limit) > 0
                             && number_at(*usage, used) > number_at(*budget, limit);
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
    if (const auto* usage = object_at(*of.meters, "usage")) {
        auto said = numbers_of(*usage, {"cpu_millicores", "rss_bytes", "fds", "threads"});
        const auto* cpu = usage->if_contains("cpu_millicores");
        if (cpu == nullptr || !cpu->is_number()) said["cpu_millicores"] = nullptr;
        node["usage"] = std::move(said);
    }
    if (const auto* gossip = object_at(*of.meters, "gossip"))
        node["gossip"] = numbers_of(
            *gossip,
            {"active",
             "passive",
             "eager",
             "lazy",
             "delivered",
             "duplicates",
             "frames_sent",
             "frames_received"}
        );
    if (const auto* net = object_at(*of.meters, "net")) {
        auto said = numbers_of(*net, {"connections", "bytes_sent", "bytes_received"});
        said["sent_bps"] = rounded_or_null(of.rates.sent);
        said["received_bps"] = rounded_or_null(of.rates.received);
        node["net"] = std::move(said);
    }
    node["plugins"] = plugins_of(*of.meters);
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
        of.started = peer.uptime ? before(at, *peer.uptime) : "";
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
    add_meters(node, of, at);
    return node;
}

proto::objects scene::edges_of(
    const admin::node_snapshot& self,
    std::span<const admin::peer_snapshot> peers
) const {
    proto::edge_table edges;
    // Whoever is gone has no links, whatever others still say of them.
    std::vector<std::string> ids{self.id};
    for (const auto& peer : peers)
        if (!is_gone(peer.state)) ids.push_back(peer.id);
    std::sort(ids.begin(), ids.end());
    for (const auto& [id, of] : memories_)
        if (of.meters && !is_gone(of.state)) edges.add_meters(id, *of.meters, of.edge_rates);
    for (const auto& peer : peers) {
        if (is_gone(peer.state)) continue;
        for (const auto& prefix : peer.neighbors)
            edges.add_neighbor(peer.id, prefix, ids);
    }
    if (self.gossip)
        for (const auto& neighbor : self.gossip->neighbors)
            edges.add_neighbor(self.id, neighbor.id, ids);
    return edges.to_objects(ids);
}

proto::picture scene::compose(const moment& at) {
    const auto self = view_.node();
    const auto peers = view_.peers();
    std::set<std::string> present{self.id};
    for (const auto& peer : peers)
        present.insert(peer.id);
    std::erase_if(memories_, [&](const auto& each) { return !present.contains(each.first); });

    proto::picture now;
    now.mesh = mesh_;
    now.mesh["neighbors"] = self.gossip ? self.gossip->neighbors.size() : 0;
    now.nodes.emplace(self.id, self_json(at));
    for (const auto& peer : peers)
        now.nodes.emplace(peer.id, peer_json(peer, at));
    now.edges = edges_of(self, peers);
    for (auto& [id, node] : now.nodes)
        node["neighbors"] = json::array();
    for (const auto& [id, edge] : now.edges) {
        const std::string a(edge.at("a").as_string());
        const std::string b(edge.at("b").as_string());
        now.nodes.at(a)["neighbors"].as_array().emplace_back(b);
        now.nodes.at(b)["neighbors"].as_array().emplace_back(a);
    }
    return now;
}

void scene::record(proto::series& to) const {
    for (const auto& [id, of] : memories_) {
        if (!of.meters || is_gone(of.state)) continue;
        proto::sample values;
        const auto* usage = object_at(*of.meters, "usage");
        if (usage != nullptr) {
            const auto* cpu = usage->if_contains("cpu_millicores");
            if (cpu != nullptr && cpu->is_number()) values[0] = number_at(*usage, "cpu_millicores");
            values[1] = number_at(*usage, "rss_bytes");
        }
        values[2] = of.rates.received;
        values[3] = of.rates.sent;
        values[4] = of.rates.messages;
        to.set(id, values);
    }
}

}  // namespace meshhost::observe
