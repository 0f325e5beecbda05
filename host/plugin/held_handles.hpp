// SPDX-License-Identifier: Apache-2.0
#pragma once
// All that an instance holds, whatever table it came from: for a handoff from old code to new.
#include "plugin/instance_context.hpp"

#include <functional>

namespace meshhost::plugin {

/// f(handle, kind, tag&) for each; the kind is a handle_kind (docs/abi.md).
using handle_visitor = std::function<void(proto::handle, std::uint32_t, std::uint64_t&)>;
void for_each_handle(instance_context& of, const handle_visitor& f);

/// As if the plugin had closed it. False: it is not held.
bool close_handle(instance_context& of, proto::handle handle);

/// From one generation's tables to another's, which are empty.
void move_handles(instance_context& from, instance_context& to);

}  // namespace meshhost::plugin
