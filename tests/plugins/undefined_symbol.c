/* SPDX-License-Identifier: Apache-2.0 */
/* Calls a function that no library has. */
#include <mesh/plugin.h>

MESH_PLUGIN_NOTE("role=test\nversion=1.0.0\n");

const mesh_plugin* not_defined_anywhere(void);

MESH_EXPORT const mesh_plugin* mesh_plugin_entry(uint32_t host_abi) {
    (void)host_abi;
    return not_defined_anywhere();
}
