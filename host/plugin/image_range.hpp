// SPDX-License-Identifier: Apache-2.0
#pragma once
// Which loaded object an address belongs to.
#include <cstdint>

namespace meshhost::plugin {

struct image_range {
    std::uintptr_t begin =
        0;  ///< where its file's first byte is mapped: what addr2line counts from
    std::uintptr_t end = 0;

    bool contains(std::uintptr_t address) const noexcept {
        return address >= begin && address < end;
    }
};

/// Both zero when nothing loaded has it.
image_range image_range_of(const void* address) noexcept;

}  // namespace meshhost::plugin
