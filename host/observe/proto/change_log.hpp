// SPDX-License-Identifier: Apache-2.0
#pragma once
// The changes of a picture over the last minutes: who lost its connection goes on from where it
// was, and a past moment can be looked at. Pure.
#include "observe/proto/packed_picture.hpp"
#include "observe/proto/packed_text.hpp"
#include "observe/proto/picture.hpp"

#include <chrono>
#include <cstdint>
#include <deque>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace meshhost::observe::proto {

struct log_limits {
    std::size_t bytes_max = 3u << 20;              ///< of changes and bases together, packed
    std::chrono::milliseconds age_max{600'000};    ///< of the oldest moment
    std::chrono::milliseconds base_every{60'000};  ///< between whole pictures
    std::size_t told_again_max = 1u << 20;         ///< more is not worth being told: a whole one is
};

/// Times are milliseconds since the Unix epoch and do not go back within a log.
class change_log {
public:
    using frame = std::shared_ptr<const std::string>;

    explicit change_log(const log_limits& limits = {})
        : limits_(limits) {}

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

    /// As packed_picture::members(). nullopt: before oldest(), or nothing is held.
    std::optional<std::string> at(std::chrono::milliseconds moment) const;
    /// The first moment for which at() has an answer; nullopt: none.
    std::optional<std::chrono::milliseconds> oldest() const;
    std::optional<std::chrono::milliseconds> newest() const;

    /// Hears of a place in what is kept: `text` begins with what was looked for and goes on for
    /// some hundred bytes.
    using place_taker = std::function<void(std::chrono::milliseconds at, std::string_view text)>;
    /// Goes over the picture of oldest() and then over every change, in order. Takes up to a tenth
    /// of a second where much is kept.
    void search(std::span<const std::string> beginnings, const place_taker& take) const;

    std::size_t bytes() const noexcept { return bytes_; }
    std::size_t changes() const noexcept { return changes_.size(); }

private:
    struct change {
        std::uint64_t sequence = 0;
        std::chrono::milliseconds at{};
        std::size_t size = 0;  ///< of what was told
        packed_text told;
    };
    struct base {
        std::uint64_t sequence = 0;
        std::chrono::milliseconds at{};
        packed_text whole;
    };

    void drop_old(std::chrono::milliseconds now);
    void forget_change();

    packed_text pack_whole(const packed_picture& now);
    packed_text pack(std::string_view json) { return packed_text(ids_.shorten(json)); }
    std::string unpack(const packed_text& held) const { return ids_.lengthen(held.unpack()); }

    log_limits limits_;
    short_ids ids_;
    std::deque<change> changes_;
    std::deque<base> bases_;
    std::size_t bytes_ = 0;
    std::size_t since_base_ = 0;  ///< bytes of the changes behind the last base
    std::optional<std::chrono::milliseconds>
        last_base_;  ///< made, even if there was no room for it
};

}  // namespace meshhost::observe::proto
