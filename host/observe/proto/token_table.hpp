// SPDX-License-Identifier: Apache-2.0
#pragma once
// What opens a dashboard: the tokens of links, each good once, and the operator's own, which is
// good as often as it is said. Pure: times and random bytes are given.
#include "base/time.hpp"

#include <deque>
#include <string>
#include <string_view>

namespace meshhost::observe::proto {

/// When full, the oldest give way.
class token_table {
public:
    static constexpr std::size_t tokens_max = 64;
    static constexpr duration token_life = std::chrono::hours(24);

    /// One that nobody has used yet. Precondition: `secret` is random and of 16 bytes or more, as
    /// text.
    void add(std::string secret, time_point now);

    /// The operator's; empty: there is none.
    void set_standing(std::string secret) { standing_ = std::move(secret); }
    const std::string& standing() const noexcept { return standing_; }
    /// Whether it is the operator's.
    bool is_standing(std::string_view token) const;

    /// Uses it up, unless it is the operator's. false: no such token.
    bool redeem(std::string_view token, time_point now);

    std::size_t size() const noexcept { return tokens_.size(); }

private:
    struct entry {
        std::string secret;
        time_point until;
    };

    std::string standing_;
    std::deque<entry> tokens_;
};

}  // namespace meshhost::observe::proto
