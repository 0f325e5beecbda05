// SPDX-License-Identifier: Apache-2.0
#include "base/quote.hpp"

#include "base/bytes.hpp"

namespace meshhost {

std::string in_quotes(std::string_view text, std::size_t length_max) {
    std::string out = "\"";
    for (const char character : text.substr(0, length_max)) {
        const bool printable = character >= ' ' && character <= '~';
        if (printable && character != '"' && character != '\\') {
            out += character;
        } else {
            out += "\\x" + to_hex(as_bytes({&character, 1}));
        }
    }
    if (text.size() > length_max) out += "...";
    return out += '"';
}

}  // namespace meshhost
