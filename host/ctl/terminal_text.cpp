// SPDX-License-Identifier: Apache-2.0
#include "ctl/terminal_text.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>

namespace meshhost::ctl {

namespace {

constexpr char32_t no_character = 0xFFFFFFFF;

/// One character of a text and the bytes it takes; at least one.
struct piece {
    char32_t character;
    std::size_t bytes;
};

struct range {
    char32_t first;
    char32_t last;
};

template <std::size_t N>
bool is_in(const range (&ranges)[N], char32_t character) {
    return std::any_of(std::begin(ranges), std::end(ranges), [character](const range& each) {
        return character >= each.first && character <= each.last;
    });
}

/// Bytes of the sequence that begins with `lead` (RFC 3629 section 3); 0 when none does.
std::size_t sequence_length(unsigned char lead) {
    if (lead < 0x80) return 1;
    if (lead >= 0xC2 && lead < 0xE0) return 2;
    if (lead >= 0xE0 && lead < 0xF0) return 3;
    if (lead >= 0xF0 && lead < 0xF5) return 4;
    return 0;
}

/// The first character of `text`, which is not empty.
piece first_piece(std::string_view text) {
    const auto lead = static_cast<unsigned char>(text.front());
    const auto length = sequence_length(lead);
    if (length == 0 || length > text.size()) return {no_character, 1};
    if (length == 1) return {lead, 1};
    char32_t character = lead & (0xFFu >> (length + 1));
    for (std::size_t i = 1; i < length; ++i) {
        const auto byte = static_cast<unsigned char>(text[i]);
        if ((byte & 0xC0) != 0x80) return {no_character, 1};
        character = (character << 6) | (byte & 0x3Fu);
    }
    constexpr char32_t least[] = {0, 0, 0x80, 0x800, 0x10000};
    const bool is_surrogate = character >= 0xD800 && character < 0xE000;
    if (character < least[length] || is_surrogate || character > 0x10FFFF) return {no_character, 1};
    return {character, length};
}

/// Controls, line separators, what is not seen, and what turns the direction of its neighbours.
bool is_unsafe(char32_t character) {
    constexpr range unsafe[] = {
        {0x00, 0x1F},
        {0x7F, 0x9F},
        {0xAD, 0xAD},
        {0x061C, 0x061C},
        {0x200B, 0x200F},
        {0x2028, 0x202E},
        {0x2060, 0x206F},
        {0xFEFF, 0xFEFF},
        {0xFFF9, 0xFFFB},
        {0xE0000, 0xE007F},
        {no_character, no_character}};
    return is_in(unsafe, character);
}

/// The common part of Unicode's East Asian Width (UAX 11) and of its combining marks.
std::size_t width_of(char32_t character) {
    constexpr range combining[] = {
        {0x0300, 0x036F},
        {0x0483, 0x0489},
        {0x0591, 0x05BD},
        {0x064B, 0x065F},
        {0x1AB0, 0x1AFF},
        {0x1DC0, 0x1DFF},
        {0x20D0, 0x20FF},
        {0xFE00, 0xFE0F},
        {0xFE20, 0xFE2F}};
    constexpr range wide[] = {
        {0x1100, 0x115F},
        {0x2E80, 0x303E},
        {0x3041, 0x33FF},
        {0x3400, 0x4DBF},
        {0x4E00, 0x9FFF},
        {0xA000, 0xA4CF},
        {0xAC00, 0xD7A3},
        {0xF900, 0xFAFF},
        {0xFE30, 0xFE6F},
        {0xFF00, 0xFF60},
        {0xFFE0, 0xFFE6},
        {0x1F300, 0x1F64F},
        {0x1F900, 0x1F9FF},
        {0x20000, 0x3FFFD}};
    if (character < 0x0300) return 1;
    if (is_in(combining, character)) return 0;
    return is_in(wide, character) ? 2 : 1;
}

/// Bytes of the colour sequence (ESC [ ... m) that `text` begins with; 0 when it does not.
std::size_t colour_length(std::string_view text) {
    if (!text.starts_with("\x1b[")) return 0;
    const auto end = text.find_first_not_of("0123456789;", 2);
    return end != std::string_view::npos && text[end] == 'm' ? end + 1 : 0;
}

std::string json_escape(char32_t character) {
    if (character < 0x10000) return fmt::format("\\u{:04x}", static_cast<std::uint32_t>(character));
    const auto above = static_cast<std::uint32_t>(character) - 0x10000u;
    return fmt::format("\\u{:04x}\\u{:04x}", 0xD800u + (above >> 10), 0xDC00u + (above & 0x3FFu));
}

}  // namespace

std::string printable(std::string_view text) {
    std::string safe;
    safe.reserve(text.size());
    while (!text.empty()) {
        const auto [character, bytes] = first_piece(text);
        if (is_unsafe(character))
            safe += '?';
        else
            safe += text.substr(0, bytes);
        text.remove_prefix(bytes);
    }
    return safe;
}

std::string printable_json(std::string_view json) {
    std::string safe;
    safe.reserve(json.size());
    while (!json.empty()) {
        const auto [character, bytes] = first_piece(json);
        if (is_unsafe(character) && character != no_character)
            safe += json_escape(character);
        else
            safe += json.substr(0, bytes);
        json.remove_prefix(bytes);
    }
    return safe;
}

std::size_t display_width(std::string_view text) {
    std::size_t width = 0;
    while (!text.empty()) {
        const auto colour = colour_length(text);
        const auto [character, bytes] = first_piece(text);
        if (colour == 0) width += width_of(character);
        text.remove_prefix(colour > 0 ? colour : bytes);
    }
    return width;
}

std::string clipped(std::string_view text, std::size_t columns) {
    std::string kept;
    bool is_full = false;
    while (!text.empty()) {
        if (const auto colour = colour_length(text); colour > 0) {
            kept += text.substr(0, colour);  // also past the end: it may be the one that ends it
            text.remove_prefix(colour);
            continue;
        }
        const auto [character, bytes] = first_piece(text);
        const auto width = width_of(character);
        is_full = is_full || width > columns;
        if (!is_full) {
            kept += text.substr(0, bytes);
            columns -= width;
        }
        text.remove_prefix(bytes);
    }
    return kept;
}

}  // namespace meshhost::ctl
