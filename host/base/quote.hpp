// SPDX-License-Identifier: Apache-2.0
#pragma once
// What somebody wrote, made fit to be repeated inside a message of one line.
#include <cstddef>
#include <string>
#include <string_view>

namespace meshhost {

/// `text` between double quotes. Quotes, backslashes and all that is not printable ASCII become
/// \xNN; "..." stands for what comes after the first `length_max` characters.
std::string in_quotes(std::string_view text, std::size_t length_max = 60);

}  // namespace meshhost
