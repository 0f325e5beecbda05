// SPDX-License-Identifier: Apache-2.0
#pragma once
// Base32 without padding, five bits a character, most significant bit first, in the three
// alphabets that name endpoints: RFC 4648 §6 (tickets, mDNS), z-base-32 (DNS, pkarr) and
// base32hex, RFC 4648 §7 (TLS server names).
#include "base/bytes.hpp"

namespace meshhost::wire {

enum class base32_alphabet {
    rfc4648,    ///< abcdefghijklmnopqrstuvwxyz234567; upper case is read, too
    z_base_32,  ///< ybndrfg8ejkmcpqxot1uwisza345h769
    hex,        ///< 0123456789abcdefghijklmnopqrstuv
};

/// Lower case, no padding.
std::string base32_encode(bytes_view bytes, base32_alphabet alphabet);

/// nullopt for a length that no bytes encode to, for a character outside the alphabet, and when
/// the bits left over at the end are not zero: there is one text for the same bytes, and one only
/// (but for RFC 4648's case).
std::optional<byte_buffer> base32_decode(std::string_view text, base32_alphabet alphabet);

/// Where the first character outside the alphabet stands; nullopt when there is none.
std::optional<std::size_t> base32_find_foreign(std::string_view text, base32_alphabet alphabet);

}  // namespace meshhost::wire
