/* SPDX-License-Identifier: Apache-2.0 */
/* Ends the process when it is created. */
#define ROLE_CREATE leave
#include "minimal_role.h"

#include <unistd.h>

static mesh_status leave(const mesh_role* role, const mesh_host* given, mesh_instance** out) {
    (void)role;
    (void)given;
    (void)out;
    _exit(3);
}

MINIMAL_PLUGIN
