// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <string_view>

namespace meshhost {

/// Well-formed UTF-8 (RFC 3629), which is what TOML and JSON can carry.
bool is_utf8(std::string_view text) noexcept;

}  // namespace meshhost
