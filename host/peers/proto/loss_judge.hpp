// SPDX-License-Identifier: Apache-2.0
#pragma once
// Who is doubted, and who is believed to be gone: from what we lost ourselves, what others report,
// and leases that ran out. What is decided when: docs/wire/digest.md, "Losses".
#include "peers/proto/local_health.hpp"
#include "peers/proto/loss_table.hpp"
#include "peers/proto/own_losses.hpp"
#include "peers/proto/peer_registry.hpp"
#include "peers/proto/self_record.hpp"

#include <optional>
#include <string>
#include <vector>

namespace meshhost::peers::proto {

/// What others say of losses, and what came of it, since the start.
struct report_counts {
    std::uint64_t taken = 0;    ///< made or added to a doubt
    std::uint64_t refuted = 0;  ///< answered by a newer record, before or after they came
    std::uint64_t ignored = 0;  ///< of somebody unknown, about somebody unknown, or again
};

/// How a connection to a peer was lost.
struct lost_link {
    std::string words;  ///< empty: it was a neighbour in the gossip
    loss_kind kind = loss_kind::silence;
};

/// A machine's part. Owned by mesh_talk, whose neighbours it reads; works on the registry.
/// Reports are about others: a doubt of this node itself is its user's to answer.
class loss_judge {
public:
    /// References outlive it.
    loss_judge(
        const self_record& self,
        peer_registry& registry,
        const std::vector<identity::endpoint_id>& neighbors,
        const config& options
    );

    /// The topic is joined: from now on there is somebody to judge by.
    void join(time_point now);
    /// After it was added to the neighbours. `was_alone`: it is the first.
    void neighbor_up(const identity::endpoint_id& peer, bool was_alone, time_point now);
    /// After one was taken from the neighbours, and reported if it was lost.
    void neighbor_down(time_point now);
    /// See mesh_talk.
    bool report_loss(const identity::endpoint_id& peer, const lost_link& how, time_point now);
    /// It lives, whatever anybody says.
    void acquit(const identity::endpoint_id& peer);
    /// It lives if it says more than those know who doubt it.
    void refute(const identity::endpoint_id& peer, const digest_version& version);
    /// A timer here ran `late` after it was due.
    void lagged(duration late, time_point now);

    /// Whether the report, genuine or not, would change anything. Counts those that would not.
    bool wants(const loss_report& report);
    /// Its reporter lost the subject. Precondition: wants() said yes.
    void take_report(const loss_report& report, time_point now);
    /// Its reporter only believes that the subject is lost. Ignored if that is no news.
    void take_hearsay(const loss_report& report, time_point now);

    /// The next loss of ours that others are to hear of, in no order.
    std::optional<loss_report> poll_report();
    /// The next peer to be asked whether it is there, by all that it may be reached by.
    std::optional<loss_report> poll_query();
    /// The next peer whose connections, if there are any, are to be tried now.
    std::optional<identity::endpoint_id> poll_check();

    void handle_deadline(time_point now);
    std::optional<time_point> next_deadline() const;

    const report_counts& counts() const noexcept { return counts_; }
    /// Peers of which somebody says that they are gone.
    std::size_t doubts() const noexcept { return losses_.size(); }

private:
    /// We hear it ourselves, whatever others say.
    bool is_near(const peer_entry& entry) const;
    bool is_late(const loss_report& report) const;
    bool is_confirmed(const peer_entry& lost) const;
    bool is_heeded(const identity::endpoint_id& reporter) const;
    loss_table::circumstances here() const { return {registry_.size(), patience_}; }
    witness witness_of(const identity::endpoint_id& id, const node_digest& subject) const;
    state_evidence evidence_of(
        const peer_entry& subject,
        const loss_table::doubt* told,
        time_point now
    ) const;

    void doubt(const identity::endpoint_id& peer, time_point now);
    void check(const identity::endpoint_id& peer);
    void query(const identity::endpoint_id& peer, const digest_version& version);
    void settle(const identity::endpoint_id& peer, time_point now);
    void conclude(const own_loss& lost, time_point now);
    void bury(const loss_table::verdict& lost, time_point now);
    void check_orphans(time_point now);
    std::optional<time_point> orphaned_at(const peer_entry& entry) const;
    bool is_asker(const identity::endpoint_id& subject) const;
    void check_leases(time_point now);
    duration lease_of(const peer_entry& entry) const;

    const self_record& self_;
    peer_registry& registry_;
    const std::vector<identity::endpoint_id>& neighbors_;
    config options_;
    local_health health_;
    loss_table losses_;
    own_losses own_losses_;
    std::vector<loss_report> reports_;  ///< losses_max at most; so are those below
    std::vector<loss_report> queries_;  ///< of hearsay, which its subject cannot know
    std::vector<identity::endpoint_id> checks_;
    report_counts counts_;
    bool is_joined_ = false;
    double patience_ = 1;       ///< as of the last input that had a time
    time_point awake_since_{};  ///< what was not heard before counts for nothing
    time_point lease_check_at_ = no_deadline;
    time_point orphan_check_at_ = no_deadline;
    time_point orphans_checked_at_{};
};

}  // namespace meshhost::peers::proto
