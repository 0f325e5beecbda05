// SPDX-License-Identifier: Apache-2.0
#include "identity/key_text.hpp"

namespace meshhost::identity {

namespace {

constexpr std::size_t digits = key_text_size - 1;

failure damaged(std::string what) {
    return {
        .exit = exit_code::invalid,
        .code = "E_KEY_DAMAGED",
        .message = std::move(what),
        .hint = "restore it from a backup, or move it away to start as a new node with a new key",
    };
}

}  // namespace

outcome<secret_key> parse_key_text(std::string_view text) {
    if (text.empty()) return damaged("is empty");
    if (text.size() > key_text_size) return damaged("has more in it than a key");
    if (text.ends_with('\n')) text.remove_suffix(1);
    if (text.size() != digits) {
        return damaged("has " + std::to_string(text.size()) + " digits instead of 64");
    }
    wiped<std::array<std::uint8_t, secret_key::seed_size>> seed;
    std::size_t size = 0;
    auto& bytes = seed.value;
    sodium_hex2bin(bytes.data(), bytes.size(), text.data(), digits, nullptr, &size, nullptr);
    if (size != bytes.size()) {
        const auto foreign = text.find_first_not_of("0123456789abcdefABCDEF");
        return damaged("is not hexadecimal at character " + std::to_string(foreign + 1));
    }
    return secret_key::from_seed(seed.value);
}

void format_key_text(const secret_key& key, key_text& out) {
    sodium_bin2hex(out.value.data(), out.value.size(), key.seed().data(), key.seed().size());
    out.value.back() = '\n';  // where bin2hex put its terminating zero
}

}  // namespace meshhost::identity
