// SPDX-License-Identifier: Apache-2.0
#include "unit/sdk/chatty_role.hpp"

MESH_PLUGIN(chatty::role, "chatty", "1.0.0", "tests", "uses most of the tables");

const mesh_plugin* chatty::plugin() {
    return mesh_plugin_entry(MESH_ABI_VERSION);
}
