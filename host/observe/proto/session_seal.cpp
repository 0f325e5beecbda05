// SPDX-License-Identifier: Apache-2.0
#include "observe/proto/session_seal.hpp"

#include "base/bytes.hpp"

#include <fmt/format.h>

#include <charconv>

namespace meshhost::observe::proto {

namespace {

constexpr std::size_t session_max = 256;  ///< characters; ours have some 110

std::int64_t seconds(session_seal::wall_time at) {
    return at.time_since_epoch().count();
}

}  // namespace

/// Proves that we said so while the operator's token was this one.
identity::keyed_hash session_seal::seal_of(std::string_view said) const {
    return identity::hash_with_secret(key_.value, as_bytes(fmt::format("{}\n{}", said, standing_)));
}

std::string session_seal::make(std::string_view nonce, wall_time now) const {
    const auto said = fmt::format("{}.{}", seconds(now + life), nonce);
    return fmt::format("{}.{}", said, to_hex(seal_of(said)));
}

bool session_seal::is_good(std::string_view session, wall_time now) const {
    const auto seal_at = session.rfind('.');
    if (session.size() > session_max || seal_at == std::string_view::npos) return false;
    const auto said = session.substr(0, seal_at);
    const auto seal = from_hex(session.substr(seal_at + 1));
    if (!seal || !identity::is_same(seal_of(said), *seal)) return false;
    std::int64_t until = 0;  // what is sealed was ours, and can be read
    std::from_chars(said.data(), said.data() + said.size(), until);
    return seconds(now) < until;
}

}  // namespace meshhost::observe::proto
