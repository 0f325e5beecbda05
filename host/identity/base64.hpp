// SPDX-License-Identifier: Apache-2.0
#pragma once
// Bytes as text where text is all that there is room for (RFC 4648 section 4, with padding).
#include "base/bytes.hpp"

#include <optional>
#include <string>
#include <string_view>

namespace meshhost::identity {

std::string to_base64(bytes_view bytes);

/// nullopt for anything that to_base64() does not write.
std::optional<std::string> from_base64(std::string_view text);

/// The same for URLs and headers: section 5 of RFC 4648, without padding.
std::string to_base64url(bytes_view bytes);
std::optional<std::string> from_base64url(std::string_view text);

}  // namespace meshhost::identity
