/* SPDX-License-Identifier: Apache-2.0 */
/* Reports a fatal error once it runs. */
#define ROLE_START give_up
#include "minimal_role.h"

static mesh_status give_up(mesh_instance* self) {
    (void)self;
    host->fatal(host, MESH_E_IO, text("the disk is gone"));
    return MESH_OK;
}

MINIMAL_PLUGIN
