// SPDX-License-Identifier: Apache-2.0
#pragma once
// The way from an instance to its host. The strand and the plugin's own threads speak; the shard,
// or the process that has it, hears, in order.
#include "plugin/proto/link_message.hpp"

namespace meshhost::plugin {

/// Any thread. Nothing blocks.
class uplink {
public:
    virtual ~uplink() = default;

    /// For what a plugin may say as often as it likes. False: too much is under way, nothing was
    /// sent; down::uplink_ready follows when there is room.
    virtual bool offer(proto::up_message message) = 0;

    /// For what tables bound already (the end of something, credit) and what must not be lost (the
    /// life of the instance). Always sent, unless nobody is there any more to hear it.
    virtual void send(proto::up_message message) = 0;
};

/// Hears instances, on the shard's thread.
class uplink_sink {
public:
    virtual ~uplink_sink() = default;
    virtual void on_message(const std::string& instance, proto::up_message message) = 0;
};

}  // namespace meshhost::plugin
