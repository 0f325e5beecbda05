// SPDX-License-Identifier: Apache-2.0
#include "base/utf8.hpp"

#include <boost/locale/utf.hpp>

namespace meshhost {

bool is_utf8(std::string_view text) noexcept {
    using decoder = boost::locale::utf::utf_traits<char>;
    const char* at = text.data();
    const char* const end = at + text.size();
    while (at != end) {
        const auto code_point = decoder::decode(at, end);
        if (!boost::locale::utf::is_valid_codepoint(code_point)) return false;
    }
    return true;
}

}  // namespace meshhost
