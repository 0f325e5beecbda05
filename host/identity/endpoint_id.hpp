// SPDX-License-Identifier: Apache-2.0
#pragma once
// Who somebody is: an Ed25519 public key (RFC 8032), which is also the address one dials.
#include "base/bytes.hpp"

#include <array>
#include <compare>
#include <optional>
#include <string>
#include <string_view>

namespace meshhost::identity {

/// 32 bytes, compressed Edwards y. A default-made id is all zeros and names nobody.
class endpoint_id {
public:
    static constexpr std::size_t size = 32;

    endpoint_id() = default;

    /// nullopt unless `bytes` is 32 bytes long and a point of the prime-order subgroup.
    static std::optional<endpoint_id> from_bytes(bytes_view bytes);

    /// The proof of the latter takes 60 us. From now on this thread remembers it for so many keys,
    /// 2 KiB each, and not for the few hundred that a host meets.
    static void remember(std::size_t keys);

    /// Reads 64 lower-case hex digits, or 52 characters of RFC 4648 base32 in either case.
    static std::optional<endpoint_id> parse(std::string_view text);

    bytes_view bytes() const noexcept { return bytes_; }

    std::string to_hex() const;      ///< 64 lower-case digits: the canonical form
    std::string to_base32() const;   ///< RFC 4648, lower case, no padding: tickets, mDNS
    std::string to_z32() const;      ///< z-base-32: DNS and pkarr
    std::string short_text() const;  ///< the first 5 bytes in hex: for logs and tables

    friend auto operator<=>(const endpoint_id&, const endpoint_id&) = default;

private:
    std::array<std::uint8_t, size> bytes_{};
};

}  // namespace meshhost::identity

template <>
struct std::hash<meshhost::identity::endpoint_id> {
    std::size_t operator()(const meshhost::identity::endpoint_id& id) const noexcept {
        // A public key is uniform already; any eight bytes of it are a hash.
        std::size_t value = 0;
        for (std::size_t i = 0; i < sizeof value; ++i)
            value = value << 8 | id.bytes()[i];
        return value;
    }
};
