// SPDX-License-Identifier: Apache-2.0
#pragma once
// The mesh_host that one instance gets. Every entry is noexcept and catches everything.
#include "plugin/guarded_table.hpp"

namespace meshhost::plugin {

struct instance_context;

/// Lives as long as its context.
class host_table {
public:
    explicit host_table(instance_context& owner);

    const mesh_host* abi() const noexcept { return &guarded_.table; }

private:
    guarded_table<mesh_host> guarded_;
};

/// nullptr for a null `host`.
instance_context* context_of(const mesh_host* host) noexcept;

}  // namespace meshhost::plugin
