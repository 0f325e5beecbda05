/* SPDX-License-Identifier: Apache-2.0 */
/* Returns from drain and never says drained(). */
#define ROLE_DRAIN dawdle
#include "minimal_role.h"

static mesh_status dawdle(mesh_instance* self, mesh_ns deadline) {
    (void)self;
    (void)deadline;
    return MESH_PENDING;
}

MINIMAL_PLUGIN
