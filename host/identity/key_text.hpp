// SPDX-License-Identifier: Apache-2.0
#pragma once
// The content of a key file: the seed in 64 hex digits, and a newline.
#include "base/error.hpp"
#include "identity/secret_key.hpp"
#include "identity/sodium.hpp"

namespace meshhost::identity {

inline constexpr std::size_t key_text_size = secret_key::seed_size * 2 + 1;

using key_text = wiped<std::array<char, key_text_size>>;

/// Reads a key file's content; the newline may be missing.
/// Errors: E_KEY_DAMAGED, with a message that follows on "the key file ".
outcome<secret_key> parse_key_text(std::string_view text);

/// Writes `key` into `out`.
void format_key_text(const secret_key& key, key_text& out);

}  // namespace meshhost::identity
