// SPDX-License-Identifier: Apache-2.0
#include "plugin/proto/plain_text.hpp"

#include <boost/locale/utf.hpp>

namespace meshhost::plugin::proto {

std::string plain_text(std::string_view text, std::size_t size_max) {
    using decoder = boost::locale::utf::utf_traits<char>;
    std::string out;
    const char* at = text.data();
    const char* const end = at + text.size();
    while (at != end) {
        const char* const from = at;
        const auto point = decoder::decode(at, end);
        if (!boost::locale::utf::is_valid_codepoint(point)) {
            at = from + 1;
            if (out.size() == size_max) break;
            out += '?';
            continue;
        }
        const bool is_control = point < 0x20 || (point >= 0x7f && point < 0xa0);
        const auto size = is_control ? 1 : static_cast<std::size_t>(at - from);
        if (out.size() + size > size_max) break;
        out += is_control ? std::string_view(" ") : std::string_view(from, size);
    }
    return out;
}

}  // namespace meshhost::plugin::proto
