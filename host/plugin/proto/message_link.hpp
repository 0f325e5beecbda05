// SPDX-License-Identifier: Apache-2.0
#pragma once
// mesh.message/1 on the link. Ports and requests of the instance's are numbered by their handles,
// requests of others by the host.
#include "base/bytes.hpp"
#include "base/time.hpp"
#include "identity/endpoint_id.hpp"

#include <cstdint>
#include <string>

namespace meshhost::plugin::proto {

namespace up {

struct port_opened {
    std::uint64_t number = 0;
    std::string port;
};

struct port_closed {
    std::uint64_t number = 0;
};

/// So much of what was heard has been delivered since the last time.
struct port_taken {
    std::uint64_t messages = 0;
    std::uint64_t bytes = 0;
};

struct message_said {
    identity::endpoint_id to;
    std::string port;
    byte_buffer body;
};

struct request_made {
    std::uint64_t number = 0;
    identity::endpoint_id to;
    std::string port;
    byte_buffer body;
    duration timeout{};
};

struct request_given_up {
    std::uint64_t number = 0;
};

struct request_answered {
    std::uint64_t number = 0;  ///< the host's
    std::int32_t status = 0;
    byte_buffer body;
};

}  // namespace up

namespace down {

struct message_heard {
    std::uint64_t port = 0;     ///< its number
    std::uint64_t request = 0;  ///< the host's number; 0: no answer is wanted
    identity::endpoint_id from;
    byte_buffer body;
};

/// Nobody waits for the answer any more.
struct request_withdrawn {
    std::uint64_t number = 0;  ///< the host's
};

struct reply_heard {
    std::uint64_t number = 0;
    std::int32_t status = 0;
    byte_buffer body;
};

}  // namespace down

}  // namespace meshhost::plugin::proto
