// SPDX-License-Identifier: Apache-2.0
#include "identity/endpoint_id.hpp"

#include "wire/base32.hpp"

#include <algorithm>

#include <sodium/crypto_core_ed25519.h>

namespace meshhost::identity {

namespace {

constexpr std::size_t hex_length = endpoint_id::size * 2;
constexpr std::size_t short_size = 5;

bool is_lower_hex(std::string_view text) noexcept {
    return text.find_first_not_of("0123456789abcdef") == std::string_view::npos;
}

}  // namespace

std::optional<endpoint_id> endpoint_id::from_bytes(bytes_view bytes) {
    if (bytes.size() != size) return std::nullopt;
    if (crypto_core_ed25519_is_valid_point(bytes.data()) != 1) return std::nullopt;
    endpoint_id id;
    std::copy(bytes.begin(), bytes.end(), id.bytes_.begin());
    return id;
}

std::optional<endpoint_id> endpoint_id::parse(std::string_view text) {
    std::optional<byte_buffer> bytes;
    if (text.size() == hex_length) {
        if (is_lower_hex(text)) bytes = from_hex(text);
    } else {
        bytes = wire::base32_decode(text, wire::base32_alphabet::rfc4648);
    }
    return bytes ? from_bytes(*bytes) : std::nullopt;
}

std::string endpoint_id::to_hex() const {
    return meshhost::to_hex(bytes_);
}

std::string endpoint_id::to_base32() const {
    return wire::base32_encode(bytes_, wire::base32_alphabet::rfc4648);
}

std::string endpoint_id::to_z32() const {
    return wire::base32_encode(bytes_, wire::base32_alphabet::z_base_32);
}

std::string endpoint_id::short_text() const {
    return meshhost::to_hex(bytes().first(short_size));
}

}  // namespace meshhost::identity
