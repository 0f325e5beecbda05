/* SPDX-License-Identifier: Apache-2.0 */
/* Built for an ABI major from before the first. */
#include <mesh/plugin.h>

#undef MESH_ABI_MAJOR
#undef MESH_ABI_MINOR
#define MESH_ABI_MAJOR 0
#define MESH_ABI_MINOR 9

#include "minimal_role.h"

MINIMAL_PLUGIN
