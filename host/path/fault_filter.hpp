// SPDX-License-Identifier: Apache-2.0
#pragma once
// A network made worse on purpose, for labs: what is dropped on its way out or in. Seeded, so that
// a run can be repeated.
#include "base/ip_endpoint.hpp"
#include "base/prng.hpp"

#include <boost/unordered/unordered_flat_set.hpp>

#include <cstdint>
#include <vector>

namespace meshhost::path {

struct fault_plan {
    double loss = 0;                 ///< share of the datagrams sent that are lost, 0..1
    std::vector<ip_endpoint> block;  ///< nothing goes there, nothing comes from there
    std::uint64_t seed = 1;          ///< of which are lost

    bool is_none() const noexcept { return loss == 0 && block.empty(); }
    bool is_valid() const noexcept { return loss >= 0 && loss <= 1 && block.size() <= block_max; }

    static constexpr std::size_t block_max = 1024;
};

/// One thread: the shard's. Asked for every single datagram, those of a train too.
class fault_filter {
public:
    /// Precondition: `plan` is valid.
    explicit fault_filter(const fault_plan& plan)
        : loss_(plan.loss)
        , blocked_(plan.block.begin(), plan.block.end())
        , random_(plan.seed) {}

    bool drops_to(const ip_endpoint& remote) {
        return blocked_.contains(remote) || (loss_ > 0 && random_.chance(loss_));
    }
    bool drops_from(const ip_endpoint& remote) const { return blocked_.contains(remote); }

private:
    double loss_;
    boost::unordered_flat_set<ip_endpoint, std::hash<ip_endpoint>> blocked_;
    prng random_;
};

}  // namespace meshhost::path
