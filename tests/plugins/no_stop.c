/* SPDX-License-Identifier: Apache-2.0 */
/* A role without one of the mandatory callbacks. */
#define ROLE_STOP NULL
#include "minimal_role.h"

MINIMAL_PLUGIN
