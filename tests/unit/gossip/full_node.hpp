// SPDX-License-Identifier: Apache-2.0
#pragma once
// A node with all the neighbours it may have, for the tests of the membership rules.
#include "lone_node.hpp"

#include <algorithm>
#include <vector>

namespace meshhost::test {

using numbers = std::vector<std::size_t>;

inline constexpr gossip::proto::neighbor_message high{gossip::proto::priority::high, {}};
inline constexpr gossip::proto::neighbor_message low{gossip::proto::priority::low, {}};

/// Without the probes and re-joins that run on a clock of their own.
inline gossip::proto::config quiet() {
    gossip::proto::config out;
    out.heal.probes = false;
    out.heal.rejoins = false;
    out.heal.extra_links = 0;
    return out;
}

inline gossip::proto::peer_list nodes(std::size_t first, std::size_t last) {
    gossip::proto::peer_list list;
    for (std::size_t peer = first; peer <= last; ++peer)
        list.push_back({sample_id(peer), {}});
    return list;
}

inline bool contains(const numbers& list, std::size_t number) {
    return std::find(list.begin(), list.end(), number) != list.end();
}

/// A node with five neighbours, 1 to 5, and its reserve: 11 to 20.
struct full_node : lone_node {
    explicit full_node(const gossip::proto::config& options = quiet())
        : lone_node(options) {
        befriend(1, 5);
        hear(1, gossip::proto::shuffle_reply_message{nodes(11, 20)});
        forget_said();
    }
};

}  // namespace meshhost::test
