/* SPDX-License-Identifier: Apache-2.0 */
/* Runs at most once on a host. */
#define ROLE_FLAGS MESH_ROLE_SINGLETON
#include "minimal_role.h"

MINIMAL_PLUGIN
