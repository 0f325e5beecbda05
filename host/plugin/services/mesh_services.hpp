// SPDX-License-Identifier: Apache-2.0
#pragma once
// What the host lends to plugins, and how its services answer an instance.
#include "identity/endpoint_addr.hpp"
#include "plugin/proto/link_message.hpp"

#include <functional>
#include <string>
#include <vector>

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
namespace meshhost::message {
class message_exchange;
}  // namespace meshhost::message

namespace meshhost::plugin {

class topic_hub;

/// Null where this host has none: then the table that needs it is not offered. All outlive the
/// plugin_manager. The shard's thread, but for the key, which is a value.
struct mesh_services {
    transport::endpoint* endpoint = nullptr;
    gossip::gossip_service* gossip = nullptr;
    const identity::secret_key* key = nullptr;
    topic_hub* topics = nullptr;
    message::message_exchange* messages = nullptr;

    // mesh.stream/1
    /// Where a peer may be reached; unset: what the gossip knows.
    std::function<identity::endpoint_addr(const identity::endpoint_id& peer)> address_of = {};
    std::vector<std::string> reserved_alpns = {};  ///< the host's, besides those of "mesh/"

    /// A span that an instance has finished; unset: it is kept, and told to nobody.
    std::function<void(const std::string& instance, const telemetry::span& finished)> on_span = {};
};

/// The ids of the tables that need something which is not there.
std::vector<std::string> missing_tables(const mesh_services& mesh);

/// Whether the operator lets the instance do it. Asked here, too: an instance in a process of its
/// own is not believed.
using permission_check = std::function<bool(const std::string& permission)>;

/// What an instance gets that asks for a signature.
proto::down::signing_done sign_for(
    const mesh_services& mesh,
    const permission_check& allows,
    const proto::up::signing_asked& asked
);

/// The way from the host to one instance. The shard's thread.
class downlink {
public:
    virtual void send(proto::down_message message) = 0;

protected:
    ~downlink() = default;
};

}  // namespace meshhost::plugin
