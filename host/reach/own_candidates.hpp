// SPDX-License-Identifier: Apache-2.0
#pragma once
// Where this host may be found: at its interfaces, where servers and peers say that they see it,
// and where a router forwards a port to it.
#include "nat/proto/address_votes.hpp"
#include "nat/proto/candidates.hpp"

#include <span>
#include <vector>

namespace meshhost::reach {

/// Bounded by address_votes and candidate_set.
class own_candidates {
public:
    /// In place of what was said before.
    void set_interfaces(const std::vector<ip_endpoint>& addresses) { interfaces_ = addresses; }
    /// False: it changes nothing.
    bool note(const nat::proto::voter& who, const ip_endpoint& seen, time_point now);
    /// nullopt: no port is forwarded any more.
    void set_mapped(const std::optional<ip_endpoint>& at) { mapped_ = at; }
    /// Other networks: what was seen of us is of the past.
    void forget_outside();

    nat::proto::candidate_set all(time_point now) const;
    nat::proto::mapping_spread spread(time_point now) const {
        return votes_.spread(ip_family::v4, now);
    }

private:
    std::vector<ip_endpoint> interfaces_;
    std::optional<ip_endpoint> mapped_;
    nat::proto::address_votes votes_;
};

}  // namespace meshhost::reach
