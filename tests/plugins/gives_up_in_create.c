/* SPDX-License-Identifier: Apache-2.0 */
/* Reports a fatal error before it has been created, and is created nevertheless. */
#define ROLE_CREATE give_up
#include "minimal_role.h"

static mesh_status give_up(const mesh_role* role, const mesh_host* given, mesh_instance** out) {
    const mesh_status created = minimal_create(role, given, out);
    host->fatal(host, MESH_E_IO, text("the disk is gone"));
    return created;
}

MINIMAL_PLUGIN
