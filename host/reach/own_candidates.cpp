// SPDX-License-Identifier: Apache-2.0
#include "reach/own_candidates.hpp"

namespace meshhost::reach {

using nat::proto::candidate_kind;

bool own_candidates::note(const nat::proto::voter& who, const ip_endpoint& seen, time_point now) {
    const auto before = all(now);
    return votes_.note(who, seen, now) && all(now) != before;
}

void own_candidates::forget_outside() {
    votes_.clear();
    mapped_.reset();
}

nat::proto::candidate_set own_candidates::all(time_point now) const {
    nat::proto::candidate_set out;
    for (const auto& address : interfaces_)
        out.add({address, candidate_kind::interface});
    for (const ip_family family : {ip_family::v4, ip_family::v6})
        for (const auto& seen : votes_.addresses(family, now))
            out.add({seen.address, candidate_kind::reflexive});
    if (mapped_) out.add({*mapped_, candidate_kind::port_mapped});
    return out;
}

}  // namespace meshhost::reach
