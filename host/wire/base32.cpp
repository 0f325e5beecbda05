// SPDX-License-Identifier: Apache-2.0
#include "wire/base32.hpp"

#include <array>

namespace meshhost::wire {

namespace {

constexpr std::uint8_t foreign = 0xff;

std::string_view characters(base32_alphabet alphabet) noexcept {
    switch (alphabet) {
    case base32_alphabet::rfc4648:
        return "abcdefghijklmnopqrstuvwxyz234567";
    case base32_alphabet::z_base_32:
        return "ybndrfg8ejkmcpqxot1uwisza345h769";
    case base32_alphabet::hex:
        return "0123456789abcdefghijklmnopqrstuv";
    }
    return {};
}

/// The value of every character, or `foreign`.
using value_table = std::array<std::uint8_t, 256>;

value_table make_values(base32_alphabet alphabet) noexcept {
    value_table values;
    values.fill(foreign);
    const std::string_view letters = characters(alphabet);
    for (std::uint8_t value = 0; value < letters.size(); ++value) {
        const auto letter = static_cast<std::uint8_t>(letters[value]);
        values[letter] = value;
        const bool folds = alphabet == base32_alphabet::rfc4648 && letter >= 'a' && letter <= 'z';
        if (folds) values[letter - 'a' + 'A'] = value;
    }
    return values;
}

}  // namespace

std::string base32_encode(bytes_view bytes, base32_alphabet alphabet) {
    const std::string_view letters = characters(alphabet);
    std::string text;
    text.reserve((bytes.size() * 8 + 4) / 5);
    std::uint32_t pending = 0;  // the low `pending_bits` of it are still to be written
    int pending_bits = 0;
    for (const std::uint8_t byte : bytes) {
        pending = pending << 8 | byte;
        for (pending_bits += 8; pending_bits >= 5; pending_bits -= 5)
            text += letters[pending >> (pending_bits - 5) & 31];
    }
    if (pending_bits > 0) text += letters[pending << (5 - pending_bits) & 31];
    return text;
}

std::optional<byte_buffer> base32_decode(std::string_view text, base32_alphabet alphabet) {
    if (text.size() * 5 % 8 >= 5) return std::nullopt;  // a whole character more than bytes need
    const value_table values = make_values(alphabet);
    byte_buffer bytes;
    bytes.reserve(text.size() * 5 / 8);
    std::uint32_t pending = 0;
    int pending_bits = 0;
    for (const char character : text) {
        const std::uint8_t value = values[static_cast<std::uint8_t>(character)];
        if (value == foreign) return std::nullopt;
        pending = pending << 5 | value;
        pending_bits += 5;
        if (pending_bits < 8) continue;
        pending_bits -= 8;
        bytes.push_back(static_cast<std::uint8_t>(pending >> pending_bits));
    }
    const std::uint32_t left_over = pending & ((1u << pending_bits) - 1);
    if (left_over != 0) return std::nullopt;
    return bytes;
}

std::optional<std::size_t> base32_find_foreign(std::string_view text, base32_alphabet alphabet) {
    const value_table values = make_values(alphabet);
    for (std::size_t at = 0; at < text.size(); ++at) {
        if (values[static_cast<std::uint8_t>(text[at])] == foreign) return at;
    }
    return std::nullopt;
}

}  // namespace meshhost::wire
