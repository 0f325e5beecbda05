// SPDX-License-Identifier: Apache-2.0
#pragma once
// What the two ends of each gossip link say of it, put together into schemas/edge.json. Pure.
#include "observe/proto/picture.hpp"

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>

#include <cstdint>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <utility>

namespace meshhost::observe::proto {

/// The edges of meshhost.meters/1: what is known of them, and not more of them than one node is
/// believed to have.
boost::json::array trimmed_edges(const boost::json::object& meters);

/// Bytes sent to each peer, in meshhost.meters/1.
std::map<std::string, std::uint64_t> bytes_by_peer(const boost::json::object& meters);

class edge_table {
public:
    /// What `node` says of its own: kinds, times, and bytes a second sent to each peer.
    void add_meters(
        const std::string& node,
        const boost::json::object& meters,
        const std::map<std::string, std::uint64_t>& rates
    );
    /// That `node` named the one whose id begins with `prefix` as a neighbour. Ids that fit none
    /// or more than one of `sorted_ids` are passed over.
    void add_neighbor(
        const std::string& node,
        const std::string& prefix,
        std::span<const std::string> sorted_ids
    );

    /// By id, "a|b"; edges to a node that is not in `sorted_ids` are left out.
    objects to_objects(std::span<const std::string> sorted_ids) const;

private:
    /// One end's words.
    struct claim {
        std::string kind;
        std::string reason;
        std::string mode;
        std::optional<std::uint64_t> rtt_us;
        std::optional<std::uint64_t> sent_bps;
    };
    struct ends {
        std::optional<claim> a;
        std::optional<claim> b;
    };

    static boost::json::object edge_json(
        const std::string& a,
        const std::string& b,
        const ends& of
    );

    std::map<std::pair<std::string, std::string>, ends> edges_;
};

}  // namespace meshhost::observe::proto
