/* SPDX-License-Identifier: Apache-2.0 */
/* Says that it cannot run in a process of its own. */
#define ROLE_FLAGS MESH_ROLE_NO_SANDBOX
#include "minimal_role.h"

MINIMAL_PLUGIN
