/* SPDX-License-Identifier: Apache-2.0 */
/* Leaves three timers and a watch behind when it stops. */
#define ROLE_START start_timers
#include "minimal_role.h"

static mesh_status start_timers(mesh_instance* self) {
    const mesh_timer_v1* timers = host->get_extension(host, MESH_EXT_TIMER);
    const mesh_peers_v1* peers = host->get_extension(host, MESH_EXT_PEERS);
    const mesh_ns hour = INT64_C(3600000000000);
    mesh_handle handle;
    (void)self;
    for (int i = 0; i < 3; ++i)
        timers->start(host, text("poll"), hour, hour, 7, &handle);
    return peers->watch(host, text(""), 8, &handle);
}

MINIMAL_PLUGIN
