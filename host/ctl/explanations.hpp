// SPDX-License-Identifier: Apache-2.0
#pragma once
// The long story behind each error code.
#include <span>
#include <string_view>

namespace meshhost::ctl {

struct explanation {
    std::string_view code;  ///< "E_PORT_TAKEN"
    std::string_view text;  ///< paragraphs; no newline at the end
};

/// In alphabetical order of the codes.
std::span<const explanation> explanations();

/// nullptr when there is no such code.
const explanation* find_explanation(std::string_view code);

}  // namespace meshhost::ctl
