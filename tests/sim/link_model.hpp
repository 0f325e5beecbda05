// SPDX-License-Identifier: Apache-2.0
#pragma once
// How long a packet takes from one node to another, and whether it gets there at all.
#include "sim/draw.hpp"
#include "sim/overlay.hpp"
#include "sim/scenario.hpp"

#include <vector>

namespace meshhost::sim {

/// Pairs that cannot talk, in one direction or both.
struct cut {
    enum class shape : std::uint8_t { halves, one_way_halves, one_way_pairs };
    std::uint32_t id = 0;  ///< of the fault that makes it
    shape how = shape::halves;
    std::vector<bool> side;  ///< halves: which one a node is in
    double fraction = 0;     ///< pairs: the share of them
};

class link_model {
public:
    link_model(const link_settings& settings, std::uint64_t seed);

    /// One way, the same in both directions and for the whole run.
    duration latency(node_index a, node_index b) const noexcept;
    /// On average, as QUIC measures it.
    duration round_trip(node_index a, node_index b) const noexcept {
        return 2 * latency(a, b) + settings_.jitter;
    }

    bool is_blocked(node_index from, node_index to) const noexcept;
    void add_cut(cut what) { cuts_.push_back(std::move(what)); }
    void remove_cut(std::uint32_t id);

    /// What jitter and lost packets add to a frame's latency. QUIC sends again after a probe
    /// timeout (RFC 9002 §6.2), which doubles: sparse traffic has no later packet to reveal a gap.
    duration delay(node_index from, node_index to, std::size_t bytes) noexcept;

    /// Whether a dial's three flights all get through.
    bool handshake_succeeds(node_index from, node_index to) noexcept;

    double loss() const noexcept { return loss_; }
    void set_loss(double loss) noexcept { loss_ = loss; }
    double usual_loss() const noexcept { return settings_.loss; }

private:
    link_settings settings_;
    double loss_;
    draw latency_;
    draw jitter_;
    draw loss_draw_;
    draw handshake_;
    draw pairs_;
    std::uint64_t packets_ = 0;  ///< so that no two draw the same
    std::vector<cut> cuts_;
};

}  // namespace meshhost::sim
