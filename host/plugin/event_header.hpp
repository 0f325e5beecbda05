// SPDX-License-Identifier: Apache-2.0
#pragma once
// The first part of every event.
#include <mesh/plugin.h>

#include "base/time.hpp"

namespace meshhost::plugin {

template <class Event>
mesh_event header(std::uint32_t kind, std::uint64_t tag, mesh_handle handle, time_point queued) {
    return {sizeof(Event), kind, tag, handle, queued.time_since_epoch().count()};
}

}  // namespace meshhost::plugin
