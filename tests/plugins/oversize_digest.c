/* SPDX-License-Identifier: Apache-2.0 */
/* Declares more than it is granted. */
#define ROLE_CREATE declare_all
#include "minimal_role.h"

static mesh_status declare_all(const mesh_role* role, const mesh_host* given, mesh_instance** out) {
    static const mesh_digest_key keys[] = {
        {.name = "depth", .type = MESH_T_I64},
        {.name = "everything", .type = MESH_T_STR, .kind = MESH_DIGEST_LABEL, .max_len = 4096},
    };
    const mesh_digest_v1* digest = given->get_extension(given, MESH_EXT_DIGEST);
    const mesh_status status = digest->declare(given, keys, 2);
    if (status < 0) return given->set_error(given, status, given->last_error(given));
    return minimal_create(role, given, out);
}

MINIMAL_PLUGIN
