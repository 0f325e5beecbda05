/* SPDX-License-Identifier: Apache-2.0 */
/* Starts later, and then not. */
#define ROLE_START start_later
#include "minimal_role.h"

static mesh_status start_later(mesh_instance* self) {
    (void)self;
    host->set_error(host, MESH_E_IO, text("no upstream answered"));
    host->started(host, MESH_E_IO);
    return MESH_PENDING;
}

MINIMAL_PLUGIN
