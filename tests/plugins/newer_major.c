/* SPDX-License-Identifier: Apache-2.0 */
/* Built for an ABI major that this host does not speak. */
#include <mesh/plugin.h>

#undef MESH_ABI_MAJOR
#define MESH_ABI_MAJOR 2

#include "minimal_role.h"

MINIMAL_PLUGIN
