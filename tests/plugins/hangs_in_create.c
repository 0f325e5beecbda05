/* SPDX-License-Identifier: Apache-2.0 */
/* Never returns from create. */
#define ROLE_CREATE hang
#include "minimal_role.h"

#include <unistd.h>

static mesh_status hang(const mesh_role* role, const mesh_host* given, mesh_instance** out) {
    (void)role;
    (void)given;
    (void)out;
    while (pause() != 0) {
    }
    return MESH_OK;
}

MINIMAL_PLUGIN
