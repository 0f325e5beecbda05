// SPDX-License-Identifier: Apache-2.0
#pragma once
// How the links between nodes were over the last minutes. Pure.
#include "observe/proto/packed_picture.hpp"
#include "observe/proto/short_ids.hpp"

#include <chrono>
#include <cstddef>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <vector>

namespace meshhost::observe::proto {

struct link_step {
    std::chrono::milliseconds at{};  ///< since the Unix epoch: from then on
    std::string kind;                ///< "direct", "relayed", "unknown"; empty: there was no link
    std::string reason;              ///< may be empty
};

struct link_limits {
    std::chrono::milliseconds age_max{600'000};
    std::size_t steps_max =
        20'000;  ///< of all links: some 3 MB. Then half of the time goes, or all of it
};

/// Times do not go back.
class link_history {
public:
    explicit link_history(const link_limits& limits = {})
        : limits_(limits) {}

    /// What is new of some links: as packed_picture tells it, a first time of all that are there.
    void add(std::chrono::milliseconds at, std::span<const link_news> news);

    /// The first is how it was at oldest(); each that follows differs from the one before it.
    /// Empty: nothing is remembered.
    std::vector<link_step> of(const std::string& edge) const;

    /// nullopt: nothing is remembered.
    std::optional<std::chrono::milliseconds> oldest() const noexcept { return oldest_; }
    std::size_t steps() const noexcept { return steps_; }

private:
    void note(std::chrono::milliseconds at, const link_news& news);
    void forget_before(std::chrono::milliseconds oldest);

    link_limits limits_;
    short_ids ids_;
    std::map<std::string, std::vector<link_step>, std::less<>> links_;  ///< by shortened ids
    std::size_t steps_ = 0;
    std::size_t steps_at_least_ = 0;  ///< stayed when it forgot most: links that are there
    std::optional<std::chrono::milliseconds> oldest_;
};

}  // namespace meshhost::observe::proto
