/* SPDX-License-Identifier: Apache-2.0 */
/* The tables of the Go plugin: cgo exports functions, but constants with pointers are C's. */
#define MESH_NO_ENTRY_PROTOTYPE
#include <mesh/plugin.h>

#include "_cgo_export.h"

MESH_PLUGIN_NOTE("role=ticker\nversion=1.0.0\nvendor=meshhost\nsdk=go 1.0.0\n");

static mesh_status create(const mesh_role* role, const mesh_host* host, mesh_instance** out) {
    (void)role;
    return ticker_create((mesh_host*)host, (void**)out);
}
static mesh_status start(mesh_instance* self) {
    return ticker_start(self);
}
static mesh_status stop(mesh_instance* self) {
    return ticker_stop(self);
}
static void destroy(mesh_instance* self) {
    ticker_destroy(self);
}
static mesh_status on_event(mesh_instance* self, const mesh_event* event) {
    return ticker_on_event(self, (mesh_event*)event);
}

MESH_EXPORT const mesh_plugin* mesh_plugin_entry(uint32_t host_abi) {
    static const char* const needs[] = {MESH_EXT_DIGEST, MESH_EXT_TIMER, NULL};
    static const char* const wants[] = {MESH_EXT_CONFIG, MESH_EXT_MESSAGE, NULL};
    static const char* const permissions[] = {"message:serve:ticker.echo", NULL};
    static const mesh_config_key period =
        {sizeof period, MESH_T_I64, 0, 0, "period_ms", "1000", "1..60000", "between two ticks"};
    static const mesh_config_key* const config[] = {&period, NULL};
    static const mesh_role role = {
        .struct_size = sizeof role,
        .role = "ticker",
        .version = "1.0.0",
        .vendor = "meshhost",
        .summary = "counts seconds and echoes messages",
        .needs = needs,
        .wants = wants,
        .permissions = permissions,
        .config = config,
        .create = create,
        .start = start,
        .stop = stop,
        .destroy = destroy,
        .on_event = on_event};
    static const mesh_role* const roles[] = {&role};
    static const mesh_plugin plugin = {
        .magic = MESH_PLUGIN_MAGIC,
        .struct_size = sizeof plugin,
        .abi_major = MESH_ABI_MAJOR,
        .abi_minor_built = MESH_ABI_MINOR,
        .abi_minor_min = MESH_ABI_MINOR_MIN,
        .role_count = 1,
        .roles = roles,
        .sdk = "go 1.0.0"};
    return host_abi >> 16 == MESH_ABI_MAJOR ? &plugin : NULL;
}
