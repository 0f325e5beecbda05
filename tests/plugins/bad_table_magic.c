/* SPDX-License-Identifier: Apache-2.0 */
/* No note, and a table with a wrong magic: found out only by running the entry function. */
#define NOTE struct no_note
#define TABLE_MAGIC UINT32_C(0x4b4e554a)
#include "minimal_role.h"

MINIMAL_PLUGIN
