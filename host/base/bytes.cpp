// SPDX-License-Identifier: Apache-2.0
#include "base/bytes.hpp"

#include <boost/algorithm/hex.hpp>

#include <iterator>

namespace meshhost {

std::string to_hex(bytes_view bytes) {
    std::string text;
    text.reserve(bytes.size() * 2);
    boost::algorithm::hex_lower(bytes.begin(), bytes.end(), std::back_inserter(text));
    return text;
}

std::optional<byte_buffer> from_hex(std::string_view text) {
    if (text.size() % 2 != 0) return std::nullopt;
    byte_buffer bytes;
    bytes.reserve(text.size() / 2);
    try {
        boost::algorithm::unhex(text.begin(), text.end(), std::back_inserter(bytes));
    } catch (const boost::algorithm::hex_decode_error&) {
        return std::nullopt;
    }
    return bytes;
}

}  // namespace meshhost
