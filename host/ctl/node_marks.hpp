// SPDX-License-Identifier: Apache-2.0
#pragma once
// A node's state in one character, for pictures of a mesh.
#include <string_view>

namespace meshhost::ctl {

/// "●" alive, "◐" stale, "◔" on its way, "◌" draining, "○" left, "✕" dead or refused, "!" degraded;
/// without Unicode "*", "~", ".", "-", "o", "x", "!". "?" for a state that is not known.
const char* state_mark(std::string_view state, bool unicode);

/// In front of a hub; empty for all others.
const char* tier_mark(std::string_view tier, bool unicode);

}  // namespace meshhost::ctl
