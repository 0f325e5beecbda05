// SPDX-License-Identifier: Apache-2.0
#pragma once
// "Did you mean": which known word a mistyped one is nearest to.
#include <cstddef>
#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace meshhost {

/// Edits from one to the other: insert, delete, replace, or swap neighbours (Damerau-Levenshtein
/// in its optimal-string-alignment form).
std::size_t edit_distance(std::string_view from, std::string_view to);

/// The candidate that `typo` was probably meant to be: the nearest one, if it is within a third of
/// the typo's length. A dotted candidate also counts by its last part, so that "port" finds
/// "net.port". nullopt when nothing is near, and for texts too long to be a typo.
std::optional<std::string> nearest(std::string_view typo, std::span<const std::string> candidates);

}  // namespace meshhost
