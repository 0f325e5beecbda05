// SPDX-License-Identifier: Apache-2.0
#pragma once
// Starts of hosts as text: one with its steps under each other, or all in a table.
#include "ctl/boot_model.hpp"
#include "ctl/console.hpp"

#include <optional>
#include <span>
#include <string>

namespace meshhost::ctl {

/// What a start is compared with.
struct boot_comparison {
    std::string with;  ///< "the start before", "the median of 17 hosts"
    boot_lengths lengths;
};

std::string boot_text(
    const boot& of,
    const std::string& node,
    const std::optional<boot_comparison>& compared,
    const console& out
);

struct node_boot {
    std::string node;
    std::optional<boot> last;
    std::string error;  ///< of one that did not answer
};

/// The slowest first.
std::string boots_text(std::span<const node_boot> all, const console& out);

}  // namespace meshhost::ctl
