// SPDX-License-Identifier: Apache-2.0
#include "plugin/image_range.hpp"

#include <algorithm>
#include <link.h>

namespace meshhost::plugin {

namespace {

struct search {
    std::uintptr_t address;
    image_range found;
};

int look(dl_phdr_info* object, std::size_t, void* data) {
    search& wanted = *static_cast<search*>(data);
    image_range range{object->dlpi_addr, 0};
    for (int i = 0; i < object->dlpi_phnum; ++i) {
        const auto& part = object->dlpi_phdr[i];
        if (part.p_type == PT_LOAD)
            range.end = std::max(range.end, object->dlpi_addr + part.p_vaddr + part.p_memsz);
    }
    if (!range.contains(wanted.address)) return 0;
    wanted.found = range;
    return 1;
}

}  // namespace

image_range image_range_of(const void* address) noexcept {
    search wanted{reinterpret_cast<std::uintptr_t>(address), {}};
    ::dl_iterate_phdr(look, &wanted);
    return wanted.found;
}

}  // namespace meshhost::plugin
