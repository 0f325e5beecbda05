// SPDX-License-Identifier: Apache-2.0
#pragma once
// What a role has written to its state and the file may not have yet: the writes since the last
// commit, above those of the commits under way. Readers look here first.
#include "base/bytes.hpp"

#include <cstddef>
#include <deque>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

namespace meshhost::plugin::proto {

/// One commit: all of it is written or none. A key without a value is deleted.
using state_write = std::optional<byte_buffer>;
using state_batch = std::map<std::string, state_write, std::less<>>;
using state_batch_ptr = std::shared_ptr<const state_batch>;

class state_stage {
public:
    void write(std::string_view key, state_write value);

    /// The newest write of `key`; nullptr: the file knows.
    const state_write* find(std::string_view key) const;

    /// The first key written at or behind `from`, deleted ones too; `after`: behind it only.
    std::optional<std::string> next_key(std::string_view from, bool after) const;

    /// The staged writes as one batch, from now on under way. Readers still see it.
    state_batch_ptr seal();
    /// The oldest batch under way is in the file, or never will be.
    void settle();

    /// f(key, write) for the newest write of each key.
    template <class F>
    void for_each(F&& f) const {
        for (auto key = next_key("", false); key; key = next_key(*key, true))
            f(*key, *find(*key));
    }

    std::size_t staged() const noexcept { return staged_.size(); }
    std::size_t staged_bytes() const noexcept { return staged_bytes_; }
    std::size_t under_way() const noexcept { return sealed_.size(); }

private:
    state_batch staged_;
    std::size_t staged_bytes_ = 0;        ///< of keys and values
    std::deque<state_batch_ptr> sealed_;  ///< the oldest first
};

}  // namespace meshhost::plugin::proto
