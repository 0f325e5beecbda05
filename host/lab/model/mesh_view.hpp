// SPDX-License-Identifier: Apache-2.0
#pragma once
// What the living hosts of a lab say of each other, and whether that is one mesh.
#include "base/time.hpp"

#include <boost/json/object.hpp>

#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

namespace meshhost::lab::model {

/// How one host sees another.
struct peer_sight {
    std::string state;
    std::uint64_t incarnation = 0;
    std::uint64_t sequence = 0;
    time_point since{};  ///< the state holds since then
    std::string evidence;
};

/// What one host says.
struct host_sight {
    std::string name;
    std::string id;
    std::string state;                                     ///< of itself
    time_point at{};                                       ///< when it was asked
    std::map<std::string, peer_sight, std::less<>> peers;  ///< by id
    std::vector<std::string> neighbors;                    ///< ids, in the gossip
};

/// Of the hosts that run and answered.
using mesh_view = std::vector<host_sight>;

/// Of an answer to GET /v1/status.
host_sight read_sight(std::string name, const boost::json::object& status, time_point at);

/// Whether a host in this state runs and is heard: alive, degraded or draining.
bool is_heard(std::string_view state);
/// Whether it is known to be gone: dead or left.
bool is_gone(std::string_view state);

/// How many of the others each host hears, whatever their number: in the order of `view`.
std::vector<std::size_t> heard_by_each(const mesh_view& view);

struct convergence {
    bool is_whole = false;
    std::size_t hearing_all = 0;   ///< hosts that hear every other
    std::size_t components = 0;    ///< of the links between them
    bool links_are_wrong = false;  ///< several components, or links to who is gone
    time_point since{};            ///< when the last host heard the last other
    std::string why;               ///< what is missing, in words; empty when it is whole
};

/// Whole: each of `view` hears every other, their links join them all, and nobody counts one of
/// `gone` (ids) among the living or among its neighbours.
convergence judge(const mesh_view& view, const std::set<std::string>& gone);

}  // namespace meshhost::lab::model
