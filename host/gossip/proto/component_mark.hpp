// SPDX-License-Identifier: Apache-2.0
#pragma once
// How two members find out whether their parts of a topic ever met: every part agrees on the
// smallest endpoint id that anybody in it knows of. It travels in the extension of membership
// messages and is passed on only when it changes, so a settled mesh is silent about it.
//
// Different marks prove different parts. Equal ones do not prove the contrary: after a partition
// both sides keep the mark, which is why the heal probe treats lost members apart.
#include "identity/endpoint_id.hpp"

#include <algorithm>

namespace meshhost::gossip::proto {

class component_mark {
public:
    explicit component_mark(const identity::endpoint_id& self) noexcept { take(self.bytes()); }

    bytes_view bytes() const noexcept { return bytes_; }

    bool differs(bytes_view other) const noexcept {
        return !std::equal(other.begin(), other.end(), bytes_.begin(), bytes_.end());
    }

    /// What a neighbour says: the smaller is kept. Empty: it does not speak of marks.
    void merge(bytes_view other) noexcept {
        if (other.size() != bytes_.size()) return;
        if (std::lexicographical_compare(other.begin(), other.end(), bytes_.begin(), bytes_.end()))
            take(other);
    }

private:
    void take(bytes_view from) noexcept { std::copy(from.begin(), from.end(), bytes_.begin()); }

    std::array<std::uint8_t, identity::endpoint_id::size> bytes_{};
};

}  // namespace meshhost::gossip::proto
