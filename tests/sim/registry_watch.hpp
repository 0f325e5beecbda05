// SPDX-License-Identifier: Apache-2.0
#pragma once
// Whether registries tell the truth: who has the newest digest of whom, and who is called dead and
// is not. Told of what members sign and learn: asking all of them for everybody is what a run of a
// thousand would spend most of its time on.
#include "peers/proto/peer_registry.hpp"
#include "sim/link_model.hpp"
#include "sim/member.hpp"
#include "sim/run_record.hpp"

#include <deque>
#include <map>
#include <vector>

namespace meshhost::sim {

class registry_watch {
public:
    /// References outlive it; there will be so many members.
    registry_watch(
        const std::vector<member>& members,
        const link_model& links,
        std::uint32_t nodes
    );

    /// Precondition: now does not go back.
    void started(node_index node, time_point now);
    void died(node_index node, time_point now);
    void judged(node_index by, node_index whom, peers::proto::peer_state state, time_point now);
    void signed_anew(node_index by, const peers::proto::digest_version& version, time_point now);
    /// nullopt: it has nothing of `whom`, or counts it as gone.
    void knows(
        node_index by,
        node_index whom,
        const std::optional<peers::proto::digest_version>& version
    );
    /// Something is wrong, or was, and they need not agree now.
    void disturbed(time_point now) noexcept {
        disturbed_at_ = now;
        agree_s_.reset();
    }
    /// Compares all that everybody knows.
    void look(time_point now);

    /// Nodes that are off and that some live member still shows as something else than gone.
    std::size_t unnoticed() const;

    void measure(metric_values& metrics) const;

private:
    struct death {
        time_point at;
        time_point known_last;  ///< when the last of those who live now concluded it
        bool is_known = false;  ///< by anybody
    };
    struct signing {
        peers::proto::digest_version version;
        time_point at;
    };
    struct shortfall {
        duration longest{};             ///< that somebody lacks a digest
        bool knows_every_start = true;  ///< somebody may lack the newest, but of no live start all
    };

    peers::proto::digest_version& known(node_index by, node_index whom);
    void compare(node_index whom, time_point now, shortfall& found);

    const std::vector<member>& members_;
    const link_model& links_;
    std::vector<std::deque<signing>> signed_;          ///< by node; what nobody lacks is dropped
    std::vector<peers::proto::digest_version> known_;  ///< by whom, then by who; 0: nothing
    std::map<node_index, death> deaths_;
    time_point disturbed_at_;
    std::optional<double> agree_s_;
    double lag_s_ = 0;
    double known_s_ = 0;
    std::uint64_t deaths_told_ = 0;
    std::uint64_t false_deaths_ = 0;
    std::uint64_t invented_ = 0;  ///< digests that nobody signed and somebody believes
    std::uint64_t reverted_ = 0;  ///< times that somebody believes an older one than before
};

}  // namespace meshhost::sim
