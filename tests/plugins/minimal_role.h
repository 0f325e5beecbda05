/* SPDX-License-Identifier: Apache-2.0 */
/* A role in C that does nothing, and the plugin around it. Define before including it what is to be
 * different: ROLE_FLAGS, ROLE_NEEDS, ROLE_PERMISSIONS (a list), ROLE_CREATE, ROLE_START,
 * ROLE_DRAIN, ROLE_STOP, ROLE_ON_EVENT, NOTE, TABLE_MAGIC. `host` is what create was given. */
#ifndef MINIMAL_ROLE_H
#define MINIMAL_ROLE_H

#include <mesh/plugin.h>

#include <string.h>

#ifndef ROLE_FLAGS
#    define ROLE_FLAGS 0
#endif
#ifndef ROLE_NEEDS
#    define ROLE_NEEDS NULL
#endif
#ifdef ROLE_PERMISSIONS
static const char* const minimal_permissions[] = {ROLE_PERMISSIONS, NULL};
#else
#    define minimal_permissions NULL
#endif
#ifndef ROLE_CREATE
#    define ROLE_CREATE minimal_create
#endif
#ifndef ROLE_START
#    define ROLE_START minimal_step
#endif
#ifndef ROLE_DRAIN
#    define ROLE_DRAIN NULL
#endif
#ifndef ROLE_STOP
#    define ROLE_STOP minimal_step
#endif
#ifndef ROLE_ON_EVENT
#    define ROLE_ON_EVENT minimal_on_event
#endif
#ifndef NOTE
#    define NOTE MESH_PLUGIN_NOTE("role=test\nversion=1.0.0\nvendor=tests\nsdk=c 1.0.0\n")
#endif
#ifndef TABLE_MAGIC
#    define TABLE_MAGIC MESH_PLUGIN_MAGIC
#endif

static const mesh_host* host;
static int the_instance;

__attribute__((unused)) static mesh_str text(const char* from) {
    const mesh_str out = {from, strlen(from)};
    return out;
}

__attribute__((unused)) static mesh_instance* instance(void) {
    return (mesh_instance*)&the_instance;
}

__attribute__((unused)) static mesh_status minimal_create(
    const mesh_role* role,
    const mesh_host* given,
    mesh_instance** out
) {
    (void)role;
    host = given;
    *out = instance();
    return MESH_OK;
}

__attribute__((unused)) static mesh_status minimal_step(mesh_instance* self) {
    (void)self;
    return MESH_OK;
}

__attribute__((unused)) static void minimal_destroy(mesh_instance* self) {
    (void)self;
}

__attribute__((unused)) static mesh_status minimal_on_event(
    mesh_instance* self,
    const mesh_event* event
) {
    (void)self;
    (void)event;
    return MESH_OK;
}

#define MINIMAL_PLUGIN                                                                             \
    NOTE;                                                                                          \
    MESH_EXPORT const mesh_plugin* mesh_plugin_entry(uint32_t host_abi) {                          \
        static const mesh_role role = {                                                            \
            .struct_size = sizeof role,                                                            \
            .role = "test",                                                                        \
            .version = "1.0.0",                                                                    \
            .flags = ROLE_FLAGS,                                                                   \
            .needs = ROLE_NEEDS,                                                                   \
            .permissions = minimal_permissions,                                                    \
            .create = ROLE_CREATE,                                                                 \
            .start = ROLE_START,                                                                   \
            .drain = ROLE_DRAIN,                                                                   \
            .stop = ROLE_STOP,                                                                     \
            .destroy = minimal_destroy,                                                            \
            .on_event = ROLE_ON_EVENT,                                                             \
        };                                                                                         \
        static const mesh_role* const roles[] = {&role};                                           \
        static const mesh_plugin plugin = {                                                        \
            .magic = TABLE_MAGIC,                                                                  \
            .struct_size = sizeof plugin,                                                          \
            .abi_major = MESH_ABI_MAJOR,                                                           \
            .abi_minor_built = MESH_ABI_MINOR,                                                     \
            .abi_minor_min = MESH_ABI_MINOR_MIN,                                                   \
            .role_count = 1,                                                                       \
            .roles = roles,                                                                        \
            .sdk = "c 1.0.0",                                                                      \
        };                                                                                         \
        (void)host_abi;                                                                            \
        return &plugin;                                                                            \
    }

#endif
