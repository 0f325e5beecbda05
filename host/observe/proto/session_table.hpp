// SPDX-License-Identifier: Apache-2.0
#pragma once
// Who may use a dashboard: a link with a token that is good once makes a session, and so does the
// operator's own token. Pure: times and random bytes are given.
#include "base/time.hpp"

#include <deque>
#include <string>
#include <string_view>

namespace meshhost::observe::proto {

/// When full, the oldest give way.
class session_table {
public:
    static constexpr std::size_t tokens_max = 64;
    static constexpr std::size_t sessions_max = 64;
    static constexpr duration token_life = std::chrono::hours(24);
    static constexpr duration session_life = std::chrono::hours(24 * 7);

    /// A token that nobody has used yet. Precondition: `secret` is random and of 16 bytes or more,
    /// as text.
    void add_token(std::string secret, time_point now);

    /// One that is good as often as it is said; empty: there is none. Sessions end when another
    /// takes its place.
    void set_standing_token(std::string secret);

    /// Uses the token up and opens the session `fresh`. false: no such token.
    bool redeem(std::string_view token, std::string fresh, time_point now);

    bool is_session(std::string_view secret, time_point now) const;

    std::size_t tokens() const noexcept { return tokens_.size(); }
    std::size_t sessions() const noexcept { return sessions_.size(); }

private:
    struct entry {
        std::string secret;
        time_point until;
    };

    bool use_up(std::string_view token);

    std::string standing_;
    std::deque<entry> tokens_;
    std::deque<entry> sessions_;
};

}  // namespace meshhost::observe::proto
