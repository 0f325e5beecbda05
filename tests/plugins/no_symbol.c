/* SPDX-License-Identifier: Apache-2.0 */
/* Exports something, but not the entry function. */
#include <mesh/plugin.h>

MESH_PLUGIN_NOTE("role=test\nversion=1.0.0\n");

MESH_EXPORT int mesh_plugin_entree(void);

int mesh_plugin_entree(void) {
    return 1;
}
