// SPDX-License-Identifier: Apache-2.0
#pragma once
// mesh.stream/1 on the link. Both ends count alike: a connection or stream is held by the instance
// until the host has said, once and last, that it is no more.
#include "base/bytes.hpp"
#include "identity/endpoint_id.hpp"
#include "plugin/proto/link_number.hpp"

#include <cstdint>
#include <string>

namespace meshhost::plugin::proto {

enum class stream_side : std::uint8_t { sending, receiving };

namespace up {

struct listen_wanted {
    link_number listener = 0;
    std::string alpn;
    std::uint32_t connections_max = 0;
    std::uint32_t streams_max = 0;  ///< a connection
    std::uint64_t window = 0;       ///< a stream
};

struct listen_over {
    link_number listener = 0;
};

struct dial_wanted {
    link_number connection = 0;
    identity::endpoint_id to;
    std::string alpn;
};

struct connection_accepted {
    link_number connection = 0;
};

/// One that is offered is rejected by it.
struct connection_closed {
    link_number connection = 0;
    std::uint64_t code = 0;
    std::string reason;
};

struct stream_wanted {
    link_number stream = 0;
    link_number connection = 0;
    bool is_bidi = true;
};

struct stream_written {
    link_number stream = 0;
    byte_buffer data;
    bool is_last = false;
};

/// The plugin has read them: the sender may send as many more.
struct stream_taken {
    link_number stream = 0;
    std::uint64_t bytes = 0;
};

struct stream_given_up {
    link_number stream = 0;
    stream_side side = stream_side::sending;
    std::uint64_t code = 0;
};

/// The instance has stopped: nothing of it remains.
struct streams_over {};

}  // namespace up

namespace down {

struct listen_failed {
    link_number listener = 0;
    std::uint64_t code = 0;
    std::string reason;
};

struct connection_offered {
    link_number connection = 0;
    link_number listener = 0;
    identity::endpoint_id peer;
};

/// Of one that was dialled.
struct connection_made {
    link_number connection = 0;
};

/// Its streams are no more, either.
struct connection_lost {
    link_number connection = 0;
    std::uint64_t code = 0;
    std::string reason;
};

struct stream_offered {
    link_number stream = 0;
    link_number connection = 0;
    bool is_bidi = true;
};

struct stream_arrived {
    link_number stream = 0;
    byte_buffer data;
    bool is_last = false;
};

/// So much of what was written is under way.
struct stream_room {
    link_number stream = 0;
    std::uint64_t bytes = 0;
};

struct stream_ended {
    link_number stream = 0;
    bool is_broken = false;  ///< before both ends had finished
    std::uint64_t code = 0;
};

}  // namespace down

}  // namespace meshhost::plugin::proto
