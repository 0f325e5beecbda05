// SPDX-License-Identifier: Apache-2.0
#include "identity/endpoint_id.hpp"

#include "wire/base32.hpp"

#include <algorithm>
#include <array>
#include <vector>

#include <sodium/crypto_core_ed25519.h>

namespace meshhost::identity {

namespace {

constexpr std::size_t hex_length = endpoint_id::size * 2;
constexpr std::size_t short_size = 5;

/// The proof that a key is a point of the subgroup is a scalar multiplication, and every record and
/// frame names its origin: the keys seen last are remembered. Lossy, so that nobody can make it
/// grow.
class proven_keys {
public:
    bool has(bytes_view key) const noexcept {
        const auto& held = slots_[slot_of(key)];
        return std::equal(key.begin(), key.end(), held.begin());
    }
    void add(bytes_view key) noexcept {
        std::copy(key.begin(), key.end(), slots_[slot_of(key)].begin());
    }
    void widen(std::size_t slots) {
        if (slots > slots_.size()) slots_ = std::vector<slot>(slots);
    }

private:
    using slot = std::array<std::uint8_t, endpoint_id::size>;

    static constexpr std::size_t slots_default = 1024;  // 32 KiB a thread that reads keys

    std::size_t slot_of(bytes_view key) const noexcept {
        std::size_t uniform = 0;
        for (std::size_t i = 0; i < sizeof uniform; ++i)
            uniform = uniform << 8 | key[i];
        return uniform % slots_.size();
    }

    // An empty slot holds zeros, which are no key: is_key() sees to that first.
    std::vector<slot> slots_ = std::vector<slot>(slots_default);
};

proven_keys& proven_here() {
    static thread_local proven_keys proven;
    return proven;
}

bool is_key(bytes_view bytes) {
    proven_keys& proven = proven_here();
    const bool is_zero = std::all_of(bytes.begin(), bytes.end(), [](auto b) { return b == 0; });
    if (is_zero) return false;
    if (proven.has(bytes)) return true;
    if (crypto_core_ed25519_is_valid_point(bytes.data()) != 1) return false;
    proven.add(bytes);
    return true;
}

bool is_lower_hex(std::string_view text) noexcept {
    return text.find_first_not_of("0123456789abcdef") == std::string_view::npos;
}

}  // namespace

std::optional<endpoint_id> endpoint_id::from_bytes(bytes_view bytes) {
    if (bytes.size() != size || !is_key(bytes)) return std::nullopt;
    endpoint_id id;
    std::copy(bytes.begin(), bytes.end(), id.bytes_.begin());
    return id;
}

void endpoint_id::remember(std::size_t keys) {
    constexpr std::size_t slots_per_key = 64;  // hardly any meet in one
    proven_here().widen(keys * slots_per_key);
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
