// SPDX-License-Identifier: Apache-2.0
#pragma once
// Where this host may be found: at its interfaces, and where others say that they see it.
#include "base/time.hpp"
#include "identity/endpoint_id.hpp"
#include "nat/proto/candidates.hpp"

#include <map>
#include <span>
#include <vector>

namespace meshhost::reach {

/// Bounded: one vote of each of voters_max peers, forgotten after an hour.
class own_candidates {
public:
    static constexpr std::size_t voters_max = 32;

    /// In place of what was said before. False: nothing is new.
    bool set_interfaces(const std::vector<ip_endpoint>& addresses);
    /// Found out by asking servers, or a router that forwards a port.
    bool set_outside(std::vector<nat::proto::candidate> found);
    /// `peer` sees us there.
    void vote(const identity::endpoint_id& peer, const ip_endpoint& seen, time_point now);
    /// Other networks: what was seen of us is of the past.
    void forget_outside();

    nat::proto::candidate_set all(time_point now) const;

private:
    struct ballot {
        ip_endpoint seen;
        time_point at{};
    };

    std::vector<ip_endpoint> interfaces_;
    std::vector<nat::proto::candidate> outside_;
    std::map<identity::endpoint_id, ballot> votes_;
};

}  // namespace meshhost::reach
