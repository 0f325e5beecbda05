/* SPDX-License-Identifier: Apache-2.0 */
/* A note whose magic is somebody else's. */
#include <mesh/plugin.h>

#undef MESH_PLUGIN_MAGIC
#define MESH_PLUGIN_MAGIC UINT32_C(0x4b4e554a)

#include "minimal_role.h"

MINIMAL_PLUGIN
