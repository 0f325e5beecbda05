// SPDX-License-Identifier: Apache-2.0
#include "ctl/words.hpp"

#include "ctl/terminal_text.hpp"

#include <boost/json/serialize.hpp>
#include <fmt/format.h>

#include <array>

namespace meshhost::ctl {

namespace {

constexpr std::size_t short_id_length = 10;

}  // namespace

std::string rtt_text(duration rtt) {
    const double ms = std::chrono::duration<double, std::milli>(rtt).count();
    if (ms < 1) return fmt::format("{:.2f} ms", ms);
    if (ms < 1000) return fmt::format("{:.1f} ms", ms);
    return fmt::format("{:.2f} s", ms / 1000);
}

std::string age_text(duration age) {
    const auto total = age / 1s;
    if (age < 1s) return fmt::format("{} ms", age / 1ms);
    if (total < 60) return fmt::format("{} s", total);
    if (total < 3600) return fmt::format("{}m {:02}s", total / 60, total % 60);
    if (total < 86400) return fmt::format("{}h {:02}m", total / 3600, total % 3600 / 60);
    return fmt::format("{}d {:02}h", total / 86400, total % 86400 / 3600);
}

std::string bytes_text(double bytes) {
    constexpr std::array units{"B", "KiB", "MiB", "GiB", "TiB"};
    std::size_t unit = 0;
    for (; bytes >= 1024 && unit + 1 < units.size(); ++unit)
        bytes /= 1024;
    return fmt::format("{:.{}f} {}", bytes, unit == 0 ? 0 : 1, units[unit]);
}

std::string count_text(std::size_t count, std::string_view noun) {
    return fmt::format("{} {}{}", count, noun, count == 1 ? "" : "s");
}

std::string value_text(const boost::json::value& value, std::string_view unit) {
    std::string text;
    if (value.is_string())
        text = printable(value.get_string());
    else if (value.is_double())
        text = fmt::format("{:g}", value.get_double());
    else
        text = boost::json::serialize(value);
    const bool is_annotation = unit.starts_with('{') || unit == "1";
    if (!unit.empty() && !is_annotation) text += fmt::format(" {}", printable(unit));
    return text;
}

std::string short_id(std::string_view id) {
    return std::string(id.substr(0, short_id_length));
}

}  // namespace meshhost::ctl
