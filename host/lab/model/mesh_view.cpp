// SPDX-License-Identifier: Apache-2.0
#include "lab/model/mesh_view.hpp"

#include "lab/model/fields.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace meshhost::lab::model {
namespace {

std::uint64_t count_at(const boost::json::object& from, std::string_view key) {
    return static_cast<std::uint64_t>(integer_at(from, key).value_or(0));
}

/// The parts that links between `ids` join, as union-find has it.
class components {
public:
    explicit components(const mesh_view& view) {
        for (const host_sight& host : view)
            parent_[host.id] = host.id;
        for (const host_sight& host : view)
            for (const std::string& neighbor : host.neighbors)
                if (parent_.contains(neighbor)) parent_[root_of(neighbor)] = root_of(host.id);
    }

    std::size_t count() const {
        return static_cast<std::size_t>(std::count_if(
            parent_.begin(),
            parent_.end(),
            [](const auto& entry) { return entry.first == entry.second; }
        ));
    }

private:
    std::string root_of(std::string id) const {
        while (parent_.at(id) != id)
            id = parent_.at(id);
        return id;
    }

    std::map<std::string, std::string> parent_;
};

/// What `host` does not know yet of the living others; empty: nothing.
std::string missing_at(const host_sight& host, const mesh_view& view, time_point& since) {
    for (const host_sight& other : view) {
        if (other.id == host.id) continue;
        const auto seen = host.peers.find(other.id);
        if (seen == host.peers.end())
            return fmt::format("{} has not heard of {}", host.name, other.name);
        if (!is_heard(seen->second.state))
            return fmt::format("{} sees {} {}", host.name, other.name, seen->second.state);
        since = std::max(since, seen->second.since);
    }
    return "";
}

/// Whom that is gone `host` still believes in; empty: nobody.
std::string ghost_at(
    const host_sight& host,
    const std::set<std::string>& gone,
    convergence& found
) {
    for (const std::string& id : gone) {
        const bool is_linked =
            std::find(host.neighbors.begin(), host.neighbors.end(), id) != host.neighbors.end();
        if (is_linked) {
            found.links_are_wrong = true;
            return fmt::format("{} keeps a link to who is gone", host.name);
        }
        const auto seen = host.peers.find(id);
        if (seen == host.peers.end() || is_gone(seen->second.state)) continue;
        if (is_heard(seen->second.state))
            return fmt::format("{} takes who is gone for {}", host.name, seen->second.state);
    }
    return "";
}

}  // namespace

bool is_heard(std::string_view state) {
    return state == "alive" || state == "degraded" || state == "draining";
}

bool is_gone(std::string_view state) {
    return state == "dead" || state == "left";
}

host_sight read_sight(std::string name, const boost::json::object& status, time_point at) {
    host_sight host;
    host.name = std::move(name);
    host.at = at;
    const auto& self = object_at(status, "self");
    host.id = text_at(self, "id");
    host.state = text_at(self, "state");
    for (const auto& item : array_at(status, "peers")) {
        if (!item.is_object()) continue;
        const auto& peer = item.get_object();
        const auto lasted = std::chrono::milliseconds(integer_at(peer, "since_ms").value_or(0));
        host.peers[text_at(peer, "id")] = {
            text_at(peer, "state"),
            count_at(peer, "incarnation"),
            count_at(peer, "sequence"),
            at - lasted,
            text_at(peer, "evidence")};
    }
    for (const auto& item : array_at(object_at(status, "gossip"), "neighbors"))
        if (item.is_object()) host.neighbors.push_back(text_at(item.get_object(), "id"));
    return host;
}

std::vector<std::size_t> heard_by_each(const mesh_view& view) {
    std::vector<std::size_t> heard;
    std::set<std::string> hosts;
    for (const host_sight& host : view)
        hosts.insert(host.id);
    for (const host_sight& host : view) {
        const auto count =
            std::count_if(host.peers.begin(), host.peers.end(), [&](const auto& peer) {
                return hosts.contains(peer.first) && is_heard(peer.second.state);
            });
        heard.push_back(static_cast<std::size_t>(count));
    }
    return heard;
}

convergence judge(const mesh_view& view, const std::set<std::string>& gone) {
    convergence found;
    found.components = components(view).count();
    for (const host_sight& host : view) {
        const auto missing = missing_at(host, view, found.since);
        if (missing.empty()) ++found.hearing_all;
        if (found.why.empty()) found.why = missing;
        const auto ghost = ghost_at(host, gone, found);
        if (found.why.empty()) found.why = ghost;
    }
    if (found.components > 1) {
        found.links_are_wrong = true;
        if (found.why.empty()) found.why = fmt::format("the links make {} parts", found.components);
    }
    found.is_whole = !view.empty() && found.why.empty();
    return found;
}

}  // namespace meshhost::lab::model
