// SPDX-License-Identifier: Apache-2.0
#pragma once
// What the host lends to plugins, and how its services answer an instance.
#include "plugin/proto/link_message.hpp"

namespace meshhost::net {
class shard;
}  // namespace meshhost::net
namespace meshhost::transport {
class endpoint;
}  // namespace meshhost::transport
namespace meshhost::gossip {
class gossip_service;
}  // namespace meshhost::gossip
namespace meshhost::identity {
class secret_key;
}  // namespace meshhost::identity

namespace meshhost::plugin {

/// Null where this host has none: then the table that needs it is not offered. All outlive the
/// plugin_manager. The shard's thread, but for the key, which is a value.
struct mesh_services {
    transport::endpoint* endpoint = nullptr;
    gossip::gossip_service* gossip = nullptr;
    const identity::secret_key* key = nullptr;
};

/// The way from the host to one instance. The shard's thread.
class downlink {
public:
    virtual void send(proto::down_message message) = 0;

protected:
    ~downlink() = default;
};

}  // namespace meshhost::plugin
