/* SPDX-License-Identifier: Apache-2.0 */
/* Its entry function wants nothing to do with this host. */
#include <mesh/plugin.h>

MESH_PLUGIN_NOTE("role=test\nversion=1.0.0\n");

MESH_EXPORT const mesh_plugin* mesh_plugin_entry(uint32_t host_abi) {
    (void)host_abi;
    return NULL;
}
