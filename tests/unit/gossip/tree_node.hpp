// SPDX-License-Identifier: Apache-2.0
#pragma once
// A node with a tree, for the tests of the broadcast rules.
#include "lone_node.hpp"

#include <algorithm>
#include <cstdint>
#include <string_view>

namespace meshhost::test {

inline gossip::proto::config quiet() {
    gossip::proto::config out;
    out.heal.probes = false;
    out.shuffle.first_min = 24h;
    out.shuffle.first_max = 24h;
    return out;
}

inline gossip::proto::gossip_message message_of(std::string_view content, std::uint16_t round = 0) {
    const bytes_view bytes = as_bytes(content);
    return {identity::hash_content(bytes), bytes, gossip::proto::delivery_scope::swarm, round};
}

inline identity::content_hash id_of(std::string_view content) {
    return identity::hash_content(as_bytes(content));
}

inline gossip::proto::ihave_message ihave(std::string_view content, std::uint16_t round = 0) {
    return {{{id_of(content), round}}};
}

/// A node with the neighbours 1 to 4, of which 3 and 4 are lazy.
struct tree_node : lone_node {
    explicit tree_node(const gossip::proto::config& options = quiet())
        : lone_node(options) {
        befriend(1, 4);
        hear(3, gossip::proto::prune_message{});
        hear(4, gossip::proto::prune_message{});
        for (const std::size_t peer : {1U, 2U, 3U, 4U})
            state.set_rtt(test::sample_id(peer), 20ms);
    }
};

}  // namespace meshhost::test
