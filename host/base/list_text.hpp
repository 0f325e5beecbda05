// SPDX-License-Identifier: Apache-2.0
#pragma once
// Lists in a text: "a,b" of a query, "a, b;q=1" of a header.
#include <algorithm>
#include <string_view>

namespace meshhost {

/// Without the spaces and tabs around it (RFC 9110 section 5.6.3).
inline std::string_view trimmed(std::string_view text) {
    text.remove_prefix(std::min(text.find_first_not_of(" \t"), text.size()));
    return text.substr(0, text.find_last_not_of(" \t") + 1);
}

/// Whether `test` says so of a part, of which there is one more than there are marks: that of "" is
/// empty. Parts behind the first such are not looked at.
template <class Test>
bool any_part(std::string_view list, Test test, char mark = ',') {
    for (auto end = list.find(mark); end != std::string_view::npos; end = list.find(mark)) {
        if (test(list.substr(0, end))) return true;
        list.remove_prefix(end + 1);
    }
    return test(list);
}

template <class Visit>
void for_each_part(std::string_view list, Visit visit, char mark = ',') {
    any_part(
        list,
        [&](std::string_view part) {
            visit(part);
            return false;
        },
        mark
    );
}

/// Of a list like "a,b".
inline bool is_listed(std::string_view list, std::string_view word) {
    return any_part(list, [&](std::string_view part) { return part == word; });
}

}  // namespace meshhost
