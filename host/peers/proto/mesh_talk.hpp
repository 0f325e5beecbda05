// SPDX-License-Identifier: Apache-2.0
#pragma once
// What travels beyond direct connections: our own record when it changes, those of others as
// gossip brings them, who lost whom, and with which neighbour to compare notes. What is believed of
// losses is loss_judge's.
#include "base/prng.hpp"
#include "base/token_bucket.hpp"
#include "identity/secret_key.hpp"
#include "peers/proto/delta_shelf.hpp"
#include "peers/proto/loss_judge.hpp"
#include "peers/proto/peer_registry.hpp"
#include "peers/proto/peers_output.hpp"
#include "peers/proto/record_announcer.hpp"
#include "peers/proto/record_verifier.hpp"
#include "peers/proto/self_record.hpp"
#include "peers/proto/sync_store.hpp"

#include <optional>
#include <vector>

namespace meshhost::peers::proto {

/// A machine's part. Owned by peers_state, as are the record and the registry that it works on.
class mesh_talk final : public sync_store {
public:
    mesh_talk(
        identity::secret_key key,
        self_record& self,
        peer_registry& registry,
        const config& options,
        prng random,
        record_verifier& verifier
    );
    mesh_talk(const mesh_talk&) = delete;  // the judge refers to the neighbours
    mesh_talk& operator=(const mesh_talk&) = delete;

    /// The topic is joined: from now on there is something to say.
    void join(time_point now);
    void neighbor_up(const identity::endpoint_id& peer, time_point now);
    void neighbor_down(
        const identity::endpoint_id& peer,
        bool is_lost,
        time_point now,
        loss_kind how = loss_kind::silence
    );
    /// Some of the above was lost: these are the neighbours now.
    void lagged(const std::vector<identity::endpoint_id>& neighbors, time_point now);
    /// What somebody broadcast. Forged, foreign and unknown things change nothing.
    void receive(bytes_view content, time_point now);
    /// The last connection to the peer was lost. It is doubted, and unless it is back in a moment
    /// others hear of it. False: conclude at once, there is no mesh to judge by.
    bool report_loss(const identity::endpoint_id& peer, const lost_link& how, time_point now) {
        return judge_.report_loss(peer, how, now);
    }
    /// A timer here ran `late` after it was due.
    void lagged_behind(duration late, time_point now) { judge_.lagged(late, now); }
    /// It lives: nobody's doubts count any more.
    void acquit(const identity::endpoint_id& peer) { judge_.acquit(peer); }
    /// A comparison with a neighbour has ended; with news there may be more elsewhere.
    void sync_ended(bool had_news, time_point now);

    /// What to broadcast, and with whom to compare: call until nullopt.
    std::optional<peers_output> poll(time_point now);
    void handle_deadline(time_point now);
    std::optional<time_point> next_deadline() const;

    // sync_store
    std::vector<sync_entry> entries() const override;
    bytes_view record_of(const identity::endpoint_id& id) const override;
    bool take_record(bytes_view record, time_point now) override;
    void take_hearsay(const loss_report& report, time_point now) override;

    const std::vector<identity::endpoint_id>& neighbors() const noexcept { return neighbors_; }
    const mesh_counts& counts() const noexcept { return counts_; }
    const loss_judge& judge() const noexcept { return judge_; }

private:
    void hear_record(bytes_view record, time_point now);
    void hear_delta(const digest_delta& delta, bytes_view content, time_point now);
    void hear_shelved(const identity::endpoint_id& origin, time_point now);
    void hear_loss(const announced_loss& loss, time_point now);
    template <class Announced>
    void hear_doubt(const Announced& announced, time_point now);
    bool may_verify(time_point now);
    std::optional<identity::endpoint_id> origin_of_news(bytes_view record);
    bool is_news(const identity::endpoint_id& origin, const digest_version& number);
    bool is_doubt(const loss_report& report) const;
    bool accept(bytes_view record, time_point now);
    void catch_up(time_point now);
    void contradict(time_point now);
    peers_output say(byte_buffer doubt);
    void want_sync(const identity::endpoint_id& peer);
    void compare_soon(time_point now);
    std::optional<time_point> announce_due() const;
    duration jittered(duration span);

    identity::secret_key key_;
    self_record& self_;
    peer_registry& registry_;
    config options_;
    prng random_;
    record_verifier& verifier_;
    record_announcer announcer_;
    token_bucket verifications_;
    bool is_joined_ = false;
    std::vector<identity::endpoint_id> neighbors_;  ///< bounded by the gossip's active view
    loss_judge judge_;

    delta_shelf shelf_;
    std::vector<identity::endpoint_id> syncs_;
    time_point sync_at_ = no_deadline;
    duration sync_wait_;
    time_point synced_at_{};  ///< when one was last due by the clock
    mesh_counts counts_;
};

}  // namespace meshhost::peers::proto
