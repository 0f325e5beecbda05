// SPDX-License-Identifier: Apache-2.0
#pragma once
// A host table and the ground behind it. A plugin built for a newer minor that calls past the end
// of our table without asking MESH_HAS() finds a function that says so, not a wild pointer.
#include <mesh/plugin.h>

#include <array>
#include <cstddef>

namespace meshhost::plugin {

using past_end_function = mesh_status (*)() noexcept;

/// MESH_E_UNSUPPORTED, and the advice to test with MESH_HAS. Whatever it is called with.
mesh_status past_end_of_table() noexcept;

template <class Table>
struct guarded_table {
    static constexpr std::size_t spare_entries = 16;

    Table table{};
    std::array<past_end_function, spare_entries> spare{};

    constexpr explicit guarded_table(Table entries) noexcept
        : table(entries) {
        table.struct_size = sizeof(Table);
        spare.fill(&past_end_of_table);
    }
};

static_assert(sizeof(guarded_table<mesh_log_v1>) == sizeof(mesh_log_v1) + 16 * sizeof(void*));

}  // namespace meshhost::plugin
