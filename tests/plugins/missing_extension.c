/* SPDX-License-Identifier: Apache-2.0 */
/* Needs a table that no host has. */
#include <stddef.h>

static const char* const needs[] = {"mesh.log/1", "mesh.teleport/1", NULL};

#define ROLE_NEEDS needs
#include "minimal_role.h"

MINIMAL_PLUGIN
