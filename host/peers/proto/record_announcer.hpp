// SPDX-License-Identifier: Apache-2.0
#pragma once
// Our own record by gossip: when it goes, and whether whole or as what changed.
#include "base/prng.hpp"
#include "base/token_bucket.hpp"
#include "peers/proto/mesh_counts.hpp"
#include "peers/proto/peers_output.hpp"
#include "peers/proto/record_pace.hpp"
#include "peers/proto/self_record.hpp"

#include <optional>

namespace meshhost::peers::proto {

/// A machine's part. Owned by mesh_talk, which asks it only while there is a neighbour.
class record_announcer {
public:
    record_announcer(self_record& self, const config& options, prng random);

    /// The topic is joined: from now on a clock ticks, if we emit on one.
    void join(time_point now);
    /// Somebody has nothing of us, or something wrong: it goes again, whole.
    void doubted() noexcept { is_doubted_ = true; }
    /// Somebody believes that we are gone: likewise, and at once, unless that is said all the time.
    void contradict(time_point now) noexcept;
    /// The answer to such a belief is about to go.
    bool is_answering() const noexcept { return is_urgent_; }

    /// When the next one should go; nullopt: never.
    std::optional<time_point> due() const;
    broadcast_output announce(time_point now, mesh_counts& counts);

private:
    bool is_refresh_due(time_point now) const { return now >= refresh_at_; }
    std::optional<byte_buffer> worthwhile_delta(time_point now) const;
    void keep_ticking(time_point now);

    self_record& self_;
    config options_;
    prng random_;
    record_pace pace_;
    std::optional<digest_version> announced_;  ///< the last that was broadcast
    std::uint64_t announced_revision_ = 0;
    node_state announced_state_ = node_state::joining;
    time_point announced_at_{};
    time_point whole_at_{};  ///< when the last whole one went
    time_point refresh_at_ = no_deadline;
    time_point tick_at_ = no_deadline;
    bool is_doubted_ = false;
    bool is_urgent_ = false;
    token_bucket contradictions_;
};

}  // namespace meshhost::peers::proto
