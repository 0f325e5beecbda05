// SPDX-License-Identifier: Apache-2.0
#pragma once
// The addresses that the server offered, by the numbers it gave them; and the mirror: the numbers
// that a server gives to its own, so that a change is said as a difference.
#include "nat/proto/punch_message.hpp"

#include <map>

namespace meshhost::nat::proto {

/// The client's side. At most candidate_set::size_max, further ones are ignored.
class peer_candidates {
public:
    /// False: nothing changed.
    bool apply(const add_address_frame& frame);
    bool apply(const remove_address_frame& frame);

    candidate_set set() const;
    std::size_t size() const noexcept { return by_seq_.size(); }

private:
    std::map<std::uint32_t, candidate> by_seq_;
};

/// The server's side.
class offered_candidates {
public:
    /// Appends the frames that make the client's set equal to `wanted`. False: it is.
    bool update(const candidate_set& wanted, byte_buffer& out);

private:
    std::map<std::uint32_t, candidate> by_seq_;
    std::uint32_t last_seq_ = 0;
};

}  // namespace meshhost::nat::proto
