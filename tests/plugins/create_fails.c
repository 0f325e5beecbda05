/* SPDX-License-Identifier: Apache-2.0 */
/* Refuses to be created, and says why. */
#define ROLE_CREATE refuse
#include "minimal_role.h"

static mesh_status refuse(const mesh_role* role, const mesh_host* given, mesh_instance** out) {
    (void)role;
    (void)out;
    return given->set_error(given, MESH_E_CONFIG, text("listen port 99999 is out of range"));
}

MINIMAL_PLUGIN
