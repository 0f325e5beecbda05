// SPDX-License-Identifier: Apache-2.0
#pragma once
// Which meshhost this is.

namespace meshhost {

/// Semantic version of the product, "0.1.0".
const char* version() noexcept;

}  // namespace meshhost
