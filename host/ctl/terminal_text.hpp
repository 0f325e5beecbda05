// SPDX-License-Identifier: Apache-2.0
#pragma once
// Text on a terminal: what may reach it, and how wide it is there. Pure.
#include <cstddef>
#include <string>
#include <string_view>

namespace meshhost::ctl {

/// `text` with every control character, every character that is not seen or turns the direction
/// of its neighbours, and every byte that is no UTF-8 replaced by '?': what a peer says never
/// moves the cursor, nor the words beside it.
std::string printable(std::string_view text);

/// JSON in which the characters that printable() replaces are escapes (RFC 8259 section 7): the
/// same value, harmless on a terminal. `json` is valid.
std::string printable_json(std::string_view json);

/// Columns that `text` takes on a terminal: none for a combining mark and for a colour sequence of
/// our own, two for the wide letters of East Asia, one for the rest.
std::size_t display_width(std::string_view text);

/// As much of `text` as fits in `columns`. Colours that it begins also end.
std::string clipped(std::string_view text, std::size_t columns);

}  // namespace meshhost::ctl
