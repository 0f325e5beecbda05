// SPDX-License-Identifier: Apache-2.0
#pragma once
// Watches a run and writes its record.
#include "sim/run_record.hpp"
#include "sim/trace_hash.hpp"

#include <optional>

namespace meshhost::sim {

class run_recorder {
public:
    /// `settings` outlives the recorder.
    run_recorder(const scenario& settings, std::uint64_t seed);

    delivery_log& deliveries() noexcept { return deliveries_; }
    trace_hash& trace() noexcept { return trace_; }
    overlay& mesh() noexcept { return mesh_; }

    // --- nodes ---
    void node_up(node_index node, time_point now);
    void node_down(node_index node, time_point now);
    bool is_up_since(node_index node, time_point then) const noexcept;
    void neighbor_up(node_index node, node_index peer);
    void neighbor_down(node_index node, node_index peer);
    void frame_sent(gossip::proto::traffic_class kind, bytes_view frame) noexcept;
    void frame_dropped() noexcept { ++record_.frames_dropped; }
    /// Of one node, for the sample to come.
    void table_entries(std::size_t entries);

    // --- the run ---
    /// A join, a fault or a broadcast: it is not quiet now, nor for a while.
    void disturbed(time_point now) noexcept { disturbed_at_ = now; }
    /// A fault is over, perhaps the last one: from now on the mesh has to become whole again.
    void healed(time_point now) noexcept {
        healed_at_ = now;
        record_.merge_s.reset();
    }
    void joined(time_point now) noexcept {
        joined_at_ = now;
        record_.join_s.reset();
    }
    void event_done() noexcept { ++record_.events; }
    void sample(time_point now);
    /// What was sent so far does not count.
    void begin_measuring(time_point now);
    /// Something that must never happen. Only the first ones are kept.
    void violation(std::string what);

    run_record finish(time_point now) &&;

private:
    void account_until(time_point now);
    void note_whole(time_point now);

    const scenario& settings_;
    delivery_log deliveries_;
    trace_hash trace_;
    overlay mesh_;
    run_record record_;

    std::vector<time_point> up_since_;
    std::uint32_t live_ = 0;
    time_point accounted_until_;
    std::uint64_t bytes_since_sample_ = 0;
    double node_seconds_at_sample_ = 0;
    struct {
        double sum = 0;
        std::size_t nodes = 0;
    } entries_;  ///< since the last sample
    time_point disturbed_at_;
    std::optional<time_point> healed_at_;
    std::optional<time_point> joined_at_;
};

}  // namespace meshhost::sim
