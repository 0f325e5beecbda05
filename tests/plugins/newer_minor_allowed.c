/* SPDX-License-Identifier: Apache-2.0 */
/* Built for a newer minor, and content with 1.0. */
#define MESH_ABI_MINOR_MIN 0
#include <mesh/plugin.h>

#undef MESH_ABI_MINOR
#define MESH_ABI_MINOR 7

#include "minimal_role.h"

MINIMAL_PLUGIN
