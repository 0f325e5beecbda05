// SPDX-License-Identifier: Apache-2.0
#include "usage/proto/proc_text.hpp"

#include "usage/proto/number_text.hpp"

namespace meshhost::usage::proto {

std::optional<process_stat> parse_process_stat(std::string_view text) {
    const auto name_end = text.rfind(')');
    if (name_end == std::string_view::npos) return std::nullopt;
    text.remove_prefix(name_end + 1);
    // Fields count from 1, and the name is the second.
    constexpr int first = 3;
    constexpr int user_field = 14;
    constexpr int system_field = 15;
    constexpr int threads_field = 20;
    process_stat out;
    for (int field = first; field <= threads_field; ++field) {
        const auto word = take_word(text);
        std::uint64_t* const wanted = field == user_field      ? &out.user_ticks
                                      : field == system_field  ? &out.system_ticks
                                      : field == threads_field ? &out.threads
                                                               : nullptr;
        if (wanted == nullptr) continue;
        const auto number = parse_number(word);
        if (!number) return std::nullopt;
        *wanted = *number;
    }
    return out;
}

std::optional<std::uint64_t> parse_resident_pages(std::string_view text) {
    take_word(text);  // the whole address space
    return parse_number(take_word(text));
}

}  // namespace meshhost::usage::proto
