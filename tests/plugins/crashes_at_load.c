/* SPDX-License-Identifier: Apache-2.0 */
/* Dies in a constructor, before anybody calls it. */
#include "minimal_role.h"

#include <stdlib.h>

__attribute__((constructor)) static void crash(void) {
    abort();
}

MINIMAL_PLUGIN
