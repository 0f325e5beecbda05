/* SPDX-License-Identifier: Apache-2.0 */
/* Leaves a subscription, a port and a request behind when it stops. */
#define ROLE_START start_talking
#define ROLE_PERMISSIONS "gossip:sub:left", "message:serve:left", "message:send:left"
#include "minimal_role.h"

static mesh_status start_talking(mesh_instance* self) {
    const mesh_gossip_v1* gossip = host->get_extension(host, MESH_EXT_GOSSIP);
    const mesh_message_v1* messages = host->get_extension(host, MESH_EXT_MESSAGE);
    const mesh_peers_v1* peers = host->get_extension(host, MESH_EXT_PEERS);
    const mesh_bytes nothing = {NULL, 0};
    mesh_peer me = {sizeof me};
    mesh_handle handle;
    mesh_status status = gossip->subscribe(host, text("left"), NULL, 7, &handle);
    (void)self;
    if (status == MESH_OK) status = messages->serve(host, text("left"), 8, &handle);
    if (status == MESH_OK) status = peers->self(host, &me);
    if (status == MESH_OK)
        status = messages->request(host, me.id, text("left"), nothing, 0, 9, &handle);
    return status;
}

MINIMAL_PLUGIN
