/* SPDX-License-Identifier: Apache-2.0 */
/* Never returns from drain. */
#define ROLE_DRAIN block
#include "minimal_role.h"

#include <unistd.h>

static mesh_status block(mesh_instance* self, mesh_ns deadline) {
    (void)self;
    (void)deadline;
    while (pause() != 0) {
    }
    return MESH_OK;
}

MINIMAL_PLUGIN
