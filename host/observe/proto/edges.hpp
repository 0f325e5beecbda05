// SPDX-License-Identifier: Apache-2.0
#pragma once
// What the two ends of each gossip link say of it, put together into schemas/edge.json. Pure.
#include <boost/json/object.hpp>

#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace meshhost::observe::proto {

enum class link_kind : std::uint8_t { unknown, direct, relayed };
enum class tree_role : std::uint8_t { unknown, eager, lazy };

/// One end's words.
struct told_edge {
    std::string peer;
    std::string reason;
    std::optional<std::uint64_t> rtt_us;
    std::uint64_t bytes_sent = 0;
    std::optional<std::uint64_t> sent_bps;  ///< since its last answer
    link_kind kind = link_kind::unknown;
    tree_role role = tree_role::unknown;
};

/// The edges of meshhost.meters/1, by peer: what is known of them, and not more of them than one
/// node is believed to have.
std::vector<told_edge> read_edges(const boost::json::object& meters);

/// Of those, the one with `peer`; nullptr: there is none.
const told_edge* find_edge(std::span<const told_edge> edges, std::string_view peer);

const char* to_string(link_kind kind) noexcept;
const char* to_string(tree_role role) noexcept;

/// What was sent a second over edges that were told of `ms` before, too.
void note_rates(std::vector<told_edge>& now, std::span<const told_edge> before, std::uint64_t ms);

/// Of the nodes `sorted_ids` alone, which outlive it, as what is added does.
class edge_table {
public:
    explicit edge_table(std::span<const std::string> sorted_ids)
        : ids_(sorted_ids) {}

    /// What `node` says of its own.
    void add_edges(const std::string& node, std::span<const told_edge> edges);
    /// That `node` named the one whose id begins with `prefix` as a neighbour. Ids that fit none
    /// or more than one are passed over.
    void add_neighbor(const std::string& node, const std::string& prefix);

    /// Of each node, by its place among the ids: the places of those it has an edge with.
    std::vector<std::vector<std::uint32_t>> neighbors() const;

    /// In order, by id: "a|b".
    void for_each(
        const std::function<void(const std::string& id, const boost::json::object& edge)>& visit
    ) const;

private:
    struct ends {
        const told_edge* a = nullptr;  ///< null: it says nothing
        const told_edge* b = nullptr;
    };

    std::optional<std::uint32_t> place_of(const std::string& id) const;

    std::span<const std::string> ids_;
    std::map<std::pair<std::uint32_t, std::uint32_t>, ends> edges_;  ///< by places, the lower first
};

}  // namespace meshhost::observe::proto
