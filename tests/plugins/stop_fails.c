/* SPDX-License-Identifier: Apache-2.0 */
/* Finds nothing in order when it stops. */
#define ROLE_STOP complain
#include "minimal_role.h"

static mesh_status complain(mesh_instance* self) {
    (void)self;
    return host->set_error(host, MESH_E_IO, text("the lock file is gone"));
}

MINIMAL_PLUGIN
