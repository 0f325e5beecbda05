/* SPDX-License-Identifier: Apache-2.0 */
/* Starts later, and never says that it has. */
#define ROLE_START start_later
#include "minimal_role.h"

static mesh_status start_later(mesh_instance* self) {
    (void)self;
    return MESH_PENDING;
}

MINIMAL_PLUGIN
