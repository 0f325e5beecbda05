// SPDX-License-Identifier: Apache-2.0
#include "ctl/words.hpp"

#include <boost/json/serialize.hpp>
#include <fmt/format.h>

#include <algorithm>

namespace meshhost::ctl {

namespace {

constexpr std::size_t short_id_length = 10;

constexpr bool is_continuation(unsigned char byte) {
    return (byte & 0xC0) == 0x80;
}

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

std::string printable(std::string_view text) {
    std::string safe;
    safe.reserve(text.size());
    for (std::size_t i = 0; i < text.size(); ++i) {
        const auto byte = static_cast<unsigned char>(text[i]);
        const bool is_c1_control =
            byte == 0xC2 && i + 1 < text.size() && static_cast<unsigned char>(text[i + 1]) < 0xA0;
        if (is_c1_control) ++i;
        safe += byte < 0x20 || byte == 0x7F || is_c1_control ? '?' : text[i];
    }
    return safe;
}

std::size_t display_width(std::string_view text) {
    return static_cast<std::size_t>(std::count_if(text.begin(), text.end(), [](char c) {
        return !is_continuation(static_cast<unsigned char>(c));
    }));
}

}  // namespace meshhost::ctl
