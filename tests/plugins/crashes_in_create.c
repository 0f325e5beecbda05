/* SPDX-License-Identifier: Apache-2.0 */
/* Writes to address zero when it is created. */
#define ROLE_CREATE crash
#include "minimal_role.h"

/* A sanitizer would say so first, and take its time for the stack. */
__attribute__((no_sanitize("undefined"))) static mesh_status crash(
    const mesh_role* role,
    const mesh_host* given,
    mesh_instance** out
) {
    volatile int* volatile nowhere = NULL;
    (void)role;
    (void)given;
    (void)out;
    *nowhere = 1;
    return MESH_OK;
}

MINIMAL_PLUGIN
