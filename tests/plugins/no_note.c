/* SPDX-License-Identifier: Apache-2.0 */
/* A working plugin without a note. */
#define NOTE struct no_note
#include "minimal_role.h"

MINIMAL_PLUGIN
