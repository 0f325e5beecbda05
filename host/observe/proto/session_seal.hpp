// SPDX-License-Identifier: Apache-2.0
#pragma once
// Sessions that nobody has to remember: a cookie says until when it is good, sealed with a key
// that is this host's alone. They outlive a restart, and no number of them takes memory. Pure.
#include "identity/keyed_hash.hpp"
#include "identity/sodium.hpp"

#include <array>
#include <chrono>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>

namespace meshhost::observe::proto {

class session_seal {
public:
    using wall_time = std::chrono::sys_seconds;
    using key_type = identity::wiped<std::array<std::uint8_t, 32>>;

    static constexpr std::chrono::hours life{24 * 7};

    /// `key`: nobody else's, and the same after a restart.
    explicit session_seal(key_type key)
        : key_(std::move(key)) {}

    /// The operator's token: sessions are good where it is the same.
    void set_standing_token(std::string token) { standing_ = std::move(token); }
    /// All sessions end.
    void replace_key(key_type key) { key_ = std::move(key); }

    /// For a cookie (RFC 6265 section 4.1.1: letters, digits, dots). `nonce`: letters and digits
    /// that are drawn for this session.
    std::string make(std::string_view nonce, wall_time now) const;
    bool is_good(std::string_view session, wall_time now) const;

private:
    identity::keyed_hash seal_of(std::string_view said) const;

    key_type key_;
    std::string standing_;
};

}  // namespace meshhost::observe::proto
