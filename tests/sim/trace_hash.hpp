// SPDX-License-Identifier: Apache-2.0
#pragma once
// A number for everything that happened in a run, in its order: two runs of one seed are the same
// to the byte when theirs are equal. Eight bytes at a time; not for secrets.
#include "base/bytes.hpp"
#include "sim/draw.hpp"

#include <algorithm>
#include <cstring>

namespace meshhost::sim {

class trace_hash {
public:
    void add(std::uint64_t value) noexcept { state_ = mixed(state_ ^ value); }

    void add(bytes_view bytes) noexcept {
        add(bytes.size());
        for (std::size_t at = 0; at < bytes.size(); at += sizeof(std::uint64_t)) {
            std::uint64_t word = 0;
            std::memcpy(&word, bytes.data() + at, std::min(sizeof word, bytes.size() - at));
            add(word);
        }
    }

    std::uint64_t value() const noexcept { return state_; }

private:
    std::uint64_t state_ = 0;
};

}  // namespace meshhost::sim
