/* SPDX-License-Identifier: Apache-2.0 */
/* Built for a newer minor, and insists on it. */
#include <mesh/plugin.h>

#undef MESH_ABI_MINOR
#define MESH_ABI_MINOR 7

#include "minimal_role.h"

MINIMAL_PLUGIN
