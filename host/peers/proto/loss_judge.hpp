// SPDX-License-Identifier: Apache-2.0
#pragma once
// Who is believed to be gone: from what we lost ourselves, what others report, and leases that ran
// out. Says nothing itself but the losses that others are to hear of.
#include "identity/secret_key.hpp"
#include "peers/proto/loss_table.hpp"
#include "peers/proto/own_losses.hpp"
#include "peers/proto/peer_registry.hpp"

#include <optional>
#include <string>
#include <vector>

namespace meshhost::peers::proto {

/// A machine's part. Owned by mesh_talk, whose neighbours it reads; works on the registry.
/// Reports are of others: a doubt of this node itself is its user's to answer.
class loss_judge {
public:
    loss_judge(
        identity::secret_key key,
        peer_registry& registry,
        const std::vector<identity::endpoint_id>& neighbors,
        const config& options
    );

    /// The topic is joined: from now on there is somebody to judge by.
    void join(time_point now);
    /// After it was added to the neighbours. `was_alone`: it is the first.
    void neighbor_up(const identity::endpoint_id& peer, bool was_alone, time_point now);
    /// After it was taken from the neighbours.
    void neighbor_down(const identity::endpoint_id& peer, bool is_lost, time_point now);
    /// See mesh_talk.
    bool report_loss(
        const identity::endpoint_id& peer,
        const std::string& evidence,
        time_point now
    );
    /// It lives: nobody's doubts count any more.
    void acquit(const identity::endpoint_id& peer);

    /// Whether the report, genuine or not, would change anything.
    bool is_news(const loss_report& report) const;
    /// Its reporter lost the subject. Ignored if it is no news.
    void take_report(const loss_report& report, time_point now);
    /// Its reporter only believes that the subject is lost. Ignored if it is no news.
    void take_hearsay(const loss_report& report, time_point now);

    /// The next loss of ours that others are to hear of, in no order.
    std::optional<loss_report> poll_report();

    void handle_deadline(time_point now);
    std::optional<time_point> next_deadline() const;

private:
    /// We hear it ourselves, whatever others say.
    bool is_near(const peer_entry& entry) const;
    void conclude(const own_loss& lost, time_point now);
    void bury(const loss_table::verdict& lost, time_point now);
    void check_leases(time_point now);

    identity::secret_key key_;
    peer_registry& registry_;
    const std::vector<identity::endpoint_id>& neighbors_;
    config options_;
    loss_table losses_;
    own_losses own_losses_;
    std::vector<loss_report> reports_;
    bool is_joined_ = false;
    time_point lease_check_at_ = no_deadline;
};

}  // namespace meshhost::peers::proto
