// SPDX-License-Identifier: Apache-2.0
#pragma once
// The messages of iroh-gossip 0.101 within a topic, as postcard writes them. The bodies are the
// same since 0.35.
//
//   00 00 Join          option(data)             01 00 Gossip  id, bytes content, scope
//   00 01 ForwardJoin   peer, ttl                01 01 Prune
//   00 02 Shuffle       origin id, vec(peer), ttl  01 02 Graft   option(id), round
//   00 03 ShuffleReply  vec(peer)                01 03 IHave   vec(id, round)
//   00 04 Neighbor      priority, option(data)
//   00 05 Disconnect    alive, obsolete
//
// peer = id, option(data); data = bytes (addr_info.hpp); scope = 00 round | 01; id = 32 bytes;
// ttl and round are u16 varints. Bytes after a message are its extension (extension.hpp).
#include "base/error.hpp"
#include "gossip/proto/extension.hpp"
#include "gossip/proto/id_cache.hpp"
#include "gossip/proto/limits.hpp"

#include <boost/container/small_vector.hpp>

#include <optional>
#include <variant>

namespace meshhost::gossip::proto {

/// Empty data: none. Views borrow from the frame that they were read from, or from a view's entry.
struct peer_info {
    identity::endpoint_id id;
    bytes_view data;
};

/// At most so many bytes of a frame.
constexpr std::size_t encoded_size(const peer_info& peer) noexcept {
    constexpr std::size_t presence_and_length = 1 + 2;
    return identity::endpoint_id::size + presence_and_length + peer.data.size();
}

using peer_list = boost::container::small_vector<peer_info, 8>;

struct join_message {
    bytes_view data;
};

struct forward_join_message {
    peer_info peer;
    std::uint16_t ttl = 0;
};

struct shuffle_message {
    identity::endpoint_id origin;
    peer_list nodes;
    std::uint16_t ttl = 0;
};

struct shuffle_reply_message {
    peer_list nodes;
};

enum class priority : std::uint8_t { high = 0, low = 1 };

struct neighbor_message {
    priority how = priority::low;
    bytes_view data;
};

struct disconnect_message {
    bool is_alive = false;  ///< keep the sender as a reserve
};

struct gossip_message {
    identity::content_hash id;
    bytes_view content;
    delivery_scope scope = delivery_scope::swarm;
    std::uint16_t round = 0;  ///< hops so far; 0 for `neighbors`
};

struct prune_message {};

struct graft_message {
    std::optional<identity::content_hash> id;
    std::uint16_t round = 0;
};

struct announcement {
    identity::content_hash id;
    std::uint16_t round = 0;
};

using announcement_list = boost::container::small_vector<announcement, 4>;

struct ihave_message {
    announcement_list items;
};

using message = std::variant<
    join_message,
    forward_join_message,
    shuffle_message,
    shuffle_reply_message,
    neighbor_message,
    disconnect_message,
    gossip_message,
    prune_message,
    graft_message,
    ihave_message>;

/// The alternatives of `message`, in their order.
enum class message_kind : std::uint8_t {
    join,
    forward_join,
    shuffle,
    shuffle_reply,
    neighbor,
    disconnect,
    gossip,
    prune,
    graft,
    ihave,
};

struct decoded_message {
    message what;
    bytes_view extension;  ///< what came after it
};

/// Reads one frame without its length. The result borrows from it.
/// Errors: malformed, bad_endpoint_id, frame_too_large.
result<decoded_message> decode_message(bytes_view body, id_cache& ids);

/// Of one frame without its length, of which it reads the tags only. nullopt: there is no such
/// kind.
std::optional<message_kind> kind_of(bytes_view body) noexcept;

/// Whether it goes between neighbours only.
bool is_for_neighbors(message_kind kind) noexcept;

/// Appends a frame: length, message, and the extension unless the frame is too long for it.
/// False, and nothing is appended: the message alone is longer than frame_sent_max. What we make
/// ourselves never is; what we pass on may be, because others may send us frame_size_max.
bool append_frame(byte_buffer& out, const message& what, const extension& after = {});

traffic_class class_of(const message& what) noexcept;

}  // namespace meshhost::gossip::proto
