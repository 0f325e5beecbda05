// SPDX-License-Identifier: Apache-2.0
#pragma once
// The changes of a picture over the last minutes: who lost its connection goes on from where it
// was, and a past moment can be looked at. Pure, but for where it keeps them.
#include "observe/proto/block_store.hpp"
#include "observe/proto/packed_picture.hpp"
#include "observe/proto/picture.hpp"
#include "observe/proto/short_ids.hpp"

#include <chrono>
#include <cstdint>
#include <deque>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace meshhost::observe::proto {

struct log_limits {
    std::size_t memory_max = 3u << 20;             ///< bytes, packed, where there is no other place
    std::chrono::milliseconds age_max{600'000};    ///< of the oldest moment
    std::chrono::milliseconds base_every{60'000};  ///< between whole pictures
    std::size_t changes_max = 1u << 20;            ///< bytes, packed, between whole pictures
    std::size_t told_again_max = 1u << 20;         ///< more is not worth being told: a whole one is
};

/// Times are milliseconds since the Unix epoch and do not go back within a log.
class change_log {
public:
    using frame = std::shared_ptr<const std::string>;

    /// In `blocks`; where they fail, and where they are nullptr, in memory.
    explicit change_log(const log_limits& limits = {}, std::unique_ptr<block_store> blocks = {});

    /// `told`, a delta of schemas/stream.json, led to `now`, the state `sequence`. Sequences rise
    /// by one.
    void add(
        std::uint64_t sequence,
        std::chrono::milliseconds at,
        std::string_view told,
        const packed_picture& now
    );

    /// What was told after the state `sequence`, in order; nullopt when some of it is gone, it
    /// is too much, or `sequence` never was.
    std::optional<std::vector<frame>> since(std::uint64_t sequence) const;

    /// As packed_picture::write_members(). False: `moment` is before oldest(), nothing is held, or
    /// it cannot be read; then nothing of it was told.
    bool at(std::chrono::milliseconds moment, const text_taker& take) const;
    /// The first moment for which at() has an answer; nullopt: none.
    std::optional<std::chrono::milliseconds> oldest() const;
    std::optional<std::chrono::milliseconds> newest() const;

    std::size_t bytes() const noexcept { return bytes_; }
    std::size_t changes() const noexcept;
    bool is_in_memory() const noexcept { return is_in_memory_; }

private:
    struct change {
        std::uint64_t sequence = 0;
        std::chrono::milliseconds at{};
        std::size_t size = 0;  ///< of what was told
        std::size_t kept = 0;  ///< of that with short ids
        block told;
    };
    /// A whole picture, and what changed until the next one, with the change that led there.
    struct segment {
        std::uint64_t sequence = 0;
        std::chrono::milliseconds at{};
        block base;  ///< lines
        std::deque<change> changes;
        std::size_t changes_bytes = 0;
    };

    bool is_base_due(std::chrono::milliseconds at) const;
    void add_change(std::uint64_t sequence, std::chrono::milliseconds at, std::string_view told);
    void add_base(std::uint64_t sequence, std::chrono::milliseconds at, const packed_picture& now);
    std::optional<block> keep(std::string_view packed);
    void drop_oldest();
    void stay_in_memory();
    std::optional<std::string> told(const change& of) const;
    const segment* last_before(std::chrono::milliseconds moment) const;

    log_limits limits_;
    std::unique_ptr<block_store> blocks_;
    bool is_in_memory_;
    short_ids ids_;
    std::deque<segment> segments_;
    std::size_t bytes_ = 0;
    std::chrono::milliseconds no_base_before_{};  ///< one that has no room is not tried each time
};

}  // namespace meshhost::observe::proto
