// SPDX-License-Identifier: Apache-2.0
#pragma once
// A network made worse on purpose, for labs: what is dropped on its way out or in. Seeded, so that
// a run can be repeated.
#include "base/prng.hpp"
#include "path/path_target.hpp"

#include <boost/unordered/unordered_flat_set.hpp>

#include <cstdint>
#include <vector>

namespace meshhost::path {

struct fault_plan {
    double loss = 0;                 ///< share of the datagrams sent that are lost, 0..1
    std::vector<ip_endpoint> block;  ///< nothing goes there, nothing comes from there
    std::uint64_t seed = 1;          ///< of which are lost
    std::vector<identity::endpoint_id> block_relayed;  ///< nor by way of a relay to and from these

    bool is_none() const noexcept { return loss == 0 && block.empty() && block_relayed.empty(); }
    bool is_valid() const noexcept {
        return loss >= 0 && loss <= 1 && block.size() <= block_max
               && block_relayed.size() <= block_max;
    }

    static constexpr std::size_t block_max = 1024;  ///< addresses, and ids
};

/// One thread: the shard's. Asked for every single datagram, those of a train too.
class fault_filter {
public:
    /// Precondition: `plan` is valid.
    explicit fault_filter(const fault_plan& plan)
        : loss_(plan.loss)
        , blocked_(plan.block.begin(), plan.block.end())
        , blocked_relayed_(plan.block_relayed.begin(), plan.block_relayed.end())
        , random_(plan.seed) {}

    bool drops_to(const path_target& target) {
        return is_blocked(target) || (loss_ > 0 && random_.chance(loss_));
    }
    bool drops_from(const path_target& target) const { return is_blocked(target); }

private:
    bool is_blocked(const path_target& target) const {
        if (const auto* const direct = direct_of(target)) return blocked_.contains(*direct);
        return blocked_relayed_.contains(relayed_of(target)->peer);
    }

    double loss_;
    boost::unordered_flat_set<ip_endpoint, std::hash<ip_endpoint>> blocked_;
    boost::unordered_flat_set<identity::endpoint_id, std::hash<identity::endpoint_id>>
        blocked_relayed_;
    prng random_;
};

}  // namespace meshhost::path
