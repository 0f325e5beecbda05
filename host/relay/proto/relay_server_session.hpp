// SPDX-License-Identifier: Apache-2.0
#pragma once
// What relay_server_state keeps of one connection: well below a kilobyte when it is idle, because
// there are to be ten thousand.
#include "relay/proto/relay_server_state.hpp"

namespace meshhost::relay::proto {

struct relay_server_state::session {
    enum class phase : std::uint8_t {
        unknown,  ///< the challenge is not answered yet
        client,   ///< has a seat
        ending,   ///< an output said close
    };

    session(client_number number_, const client_opening& how, const server_config& config)
        : number(number_)
        , version(how.version)
        , has_token(how.has_token)
        , asked(how.asked)
        , authenticate_by(how.authenticate_by)
        , reader(wire::websocket_end::server, handshake_message_max)
        , control(config.control_frames_max, config.control_bytes_max)
        , datagrams(config.queue_frames_max, config.queue_bytes_max)
        , budget(config.client_bytes_per_second, config.client_burst_bytes) {}

    bool is_outgoing_empty() const noexcept { return control.empty() && datagrams.empty(); }
    std::size_t queued() const noexcept { return control.bytes() + datagrams.bytes(); }
    /// Which queue is written from: a frame that is begun is finished, then control goes first.
    bool writes_control() const noexcept { return !control.empty() && !datagrams.is_in_frame(); }

    client_number number;
    relay_version version;
    phase at = phase::unknown;
    bool has_token;
    bool is_rate_told = false;
    bool has_contact = false;  ///< last_peer is noted as a contact
    challenge asked;
    time_point authenticate_by;
    peer_bytes id{};
    peer_bytes last_peer{};

    wire::websocket_reader reader;
    frame_queue control;
    frame_queue datagrams;
    byte_budget budget;

    time_point armed = no_deadline;  ///< its entry in timers_
    time_point last_received{};
    time_point ping_sent = no_deadline;  ///< of the ping that is not answered
    ping_data ping{};
    time_point paused_until = no_deadline;  ///< no_deadline: it is read from
    time_point blocked_since = no_deadline;
};

}  // namespace meshhost::relay::proto
