/* SPDX-License-Identifier: Apache-2.0 */
/* A whole role in C: counts its own posts and shows the count. */
#define ROLE_CREATE create
#define ROLE_START start
#define ROLE_ON_EVENT on_event
#include "minimal_role.h"

static const mesh_digest_v1* digest;
static uint64_t count;

static mesh_status create(const mesh_role* role, const mesh_host* given, mesh_instance** out) {
    static const mesh_digest_key key = {.name = "posts", .type = MESH_T_U64};
    digest = given->get_extension(given, MESH_EXT_DIGEST);
    if (!MESH_HAS(digest, mesh_digest_v1, set)) return MESH_E_UNSUPPORTED;
    const mesh_status status = digest->declare(given, &key, 1);
    return status < 0 ? status : minimal_create(role, given, out);
}

static mesh_status start(mesh_instance* self) {
    (void)self;
    return host->post(host, 1, &count);
}

static mesh_status on_event(mesh_instance* self, const mesh_event* event) {
    (void)self;
    if (event->kind != MESH_EV_POSTED) return MESH_OK;
    uint64_t* counted = ((const mesh_ev_posted*)event)->ptr;
    mesh_value value = {.type = MESH_T_U64};
    value.as.u64 = ++*counted;
    const mesh_status status = digest->set(host, 0, &value);
    return *counted < 5 ? host->post(host, 1, counted) : status;
}

MINIMAL_PLUGIN
