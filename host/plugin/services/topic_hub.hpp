// SPDX-License-Identifier: Apache-2.0
#pragma once
// The topics of this host's roles over its gossip: one subscription for all roles that read a
// topic, whatever they say signed with the host's key, whatever they hear proven.
#include "base/log.hpp"
#include "base/token_bucket.hpp"
#include "gossip/gossip_service.hpp"
#include "identity/secret_key.hpp"
#include "net/deadline_timer.hpp"
#include "net/shard.hpp"
#include "plugin/proto/gossip_envelope.hpp"
#include "plugin/proto/lag_queue.hpp"
#include "plugin/proto/limits.hpp"

#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <vector>

namespace meshhost::plugin {

struct topic_message {
    identity::endpoint_id author;
    identity::endpoint_id via;
    std::uint64_t sequence = 0;
    std::uint32_t hops = 0;
    std::uint32_t flags = 0;  ///< MESH_PUB_*; MESH_PUB_LOOPBACK: a role of this host said it
    byte_buffer body;
};

class topic_reader {
public:
    virtual void on_topic_message(const topic_message& message) = 0;
    /// Some of what was said was not heard here.
    virtual void on_topic_lost(const proto::lag_count& lost) = 0;

protected:
    ~topic_reader() = default;
};

/// Peers that may be in a topic, the likeliest first.
using contact_finder = std::function<std::vector<identity::endpoint_id>()>;

struct hub_options {
    std::string mesh;
    byte_buffer mesh_secret;
    std::uint64_t first_sequence = 0;  ///< larger than any at the last start
    logger log;
};

struct hub_probe {
    std::size_t topics = 0;
    std::size_t readers = 0;
    std::uint64_t said = 0;
    std::uint64_t heard = 0;
    std::uint64_t foreign = 0;    ///< no envelopes, or not their authors'
    std::uint64_t unchecked = 0;  ///< dropped because too many had to be checked
};

/// One a host. One thread: the shard's. `shard`, `gossip` and `key` outlive it; readers leave
/// before they go.
class topic_hub final : private net::deadline_sink {
public:
    topic_hub(
        net::shard& shard,
        gossip::gossip_service& gossip,
        const identity::secret_key& key,
        contact_finder contacts,
        hub_options options
    );
    topic_hub(const topic_hub&) = delete;
    topic_hub& operator=(const topic_hub&) = delete;
    ~topic_hub();

    /// False: there are too many topics. `owner` tells whose own messages are whose.
    bool read(const std::string& name, topic_reader& reader, const void* owner);
    void leave(const std::string& name, topic_reader& reader);

    /// To all who read the topic anywhere; to `owner`'s own readers only with MESH_PUB_LOOPBACK.
    /// What is said while nobody is there waits for somebody, for a while. Precondition: the body
    /// is at most gossip_body_max.
    void say(const std::string& name, byte_buffer body, std::uint32_t flags, const void* owner);

    /// It says nothing any more; topics that were joined for it alone are left.
    void forget(const void* owner);

    hub_probe measure() const;

private:
    class topic;
    using topic_map = std::map<std::string, std::unique_ptr<topic>, std::less<>>;

    topic* join(const std::string& name, const void* speaker);
    bool make_room();
    void on_deadline(time_point now) override;
    void arm();

    net::shard& shard_;
    gossip::gossip_service& gossip_;
    const identity::secret_key& key_;
    contact_finder contacts_;
    hub_options options_;
    topic_map topics_;
    hub_probe counters_;  ///< only what is counted
    net::deadline_timer timer_;
};

}  // namespace meshhost::plugin
