// SPDX-License-Identifier: Apache-2.0
#pragma once
// Comparisons of registries between simulated hosts: a connection of its own each, as
// `mesh/sync/1` has it, in order and as slow as the link.
#include "sim/event.hpp"
#include "sim/link_model.hpp"
#include "sim/member.hpp"

#include <array>
#include <map>
#include <vector>

namespace meshhost::sim {

class sync_fabric {
public:
    /// References outlive it; members are not moved.
    sync_fabric(link_model& links, event_schedule& schedule, std::vector<member>& members)
        : links_(links)
        , schedule_(schedule)
        , members_(members) {}

    /// A comparison that cannot be made ends as one that timed out.
    void open(node_index by, node_index with, time_point now);
    /// An event of kind `sync_data` or `sync_ends`.
    void handle(const event& what, time_point now);
    /// The node's process is gone.
    void forget(node_index node, time_point now);

    /// What frames came to, with what QUIC adds for a connection of its own.
    std::uint64_t bytes() const noexcept { return bytes_; }
    std::uint64_t opened() const noexcept { return opened_; }

private:
    struct end_state {
        node_index node = 0;
        peers::proto::sync_exchange exchange;
        time_point last_arrival{};
    };
    struct comparison {
        std::array<end_state, 2> ends;
    };

    void pump(std::uint32_t number, std::uint8_t from, time_point now);
    void end(std::uint32_t number, time_point now);

    link_model& links_;
    event_schedule& schedule_;
    std::vector<member>& members_;
    std::map<std::uint32_t, comparison> open_;
    std::map<std::uint64_t, byte_buffer> under_way_;
    std::uint32_t next_ = 0;
    std::uint64_t next_frame_ = 0;
    std::uint64_t bytes_ = 0;
    std::uint64_t opened_ = 0;
};

}  // namespace meshhost::sim
