// SPDX-License-Identifier: Apache-2.0
#include "observe/proto/wall_time.hpp"

#include <algorithm>
#include <charconv>

namespace meshhost::observe::proto {

namespace {

/// The next `digits` digits, then `end` (0: nothing); takes them off `text`.
std::optional<int> take(std::string_view& text, std::size_t digits, char end) {
    if (text.size() < digits + (end != 0 ? 1 : 0)) return std::nullopt;
    int value = 0;
    const auto read = std::from_chars(text.data(), text.data() + digits, value);
    if (read.ec != std::errc() || read.ptr != text.data() + digits || value < 0)
        return std::nullopt;
    if (end != 0 && text[digits] != end) return std::nullopt;
    text.remove_prefix(digits + (end != 0 ? 1 : 0));
    return value;
}

}  // namespace

std::optional<std::chrono::milliseconds> parse_wall_time(std::string_view text) {
    using namespace std::chrono;
    const auto year_part = take(text, 4, '-');
    const auto month_part = take(text, 2, '-');
    const auto day_part = take(text, 2, 'T');
    const auto hour = take(text, 2, ':');
    const auto minute = take(text, 2, ':');
    const auto second = take(text, 2, 0);
    if (!year_part || !month_part || !day_part || !hour || !minute || !second) return std::nullopt;
    const year_month_day date{
        year(*year_part),
        month(static_cast<unsigned>(*month_part)),
        day(static_cast<unsigned>(*day_part))};
    if (!date.ok() || *hour > 23 || *minute > 59 || *second > 60) return std::nullopt;
    int ms = 0;
    if (text.starts_with('.')) {
        text.remove_prefix(1);
        constexpr std::size_t digits_max = 9;
        const auto count = std::min(text.find_first_not_of("0123456789"), text.size());
        if (count == 0 || count > digits_max) return std::nullopt;
        for (std::size_t i = 0; i < 3; ++i)
            ms = ms * 10 + (i < count ? text[i] - '0' : 0);
        text.remove_prefix(count);
    }
    if (text != "Z" && text != "+00:00") return std::nullopt;
    return duration_cast<milliseconds>(sys_days(date).time_since_epoch()) + hours(*hour)
           + minutes(*minute) + seconds(*second) + milliseconds(ms);
}

}  // namespace meshhost::observe::proto
