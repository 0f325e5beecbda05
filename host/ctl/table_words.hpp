// SPDX-License-Identifier: Apache-2.0
#pragma once
// The words that table options are made of. Pure.
#include <string>
#include <string_view>
#include <vector>

namespace meshhost::ctl {

// Of ASCII; other letters stay as they are.
std::string lower_case(std::string_view text);
std::string upper_case(std::string_view text);

/// "a,b" → "a" and "b"; an empty text is one empty part.
std::vector<std::string> split_list(std::string_view text);

/// Whether a word of `text` begins with one of `beginnings`, which are in lower case. Capitals do
/// not matter; an empty beginning is only that of an empty text.
bool has_word(std::string_view text, const std::vector<std::string>& beginnings);

/// As a field of CSV (RFC 4180): in quotes when it needs them.
std::string csv_cell(std::string_view text);

/// With three decimals at most, a point between them in every locale.
std::string csv_number(double number);

}  // namespace meshhost::ctl
