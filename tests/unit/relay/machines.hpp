// SPDX-License-Identifier: Apache-2.0
#pragma once
// Machines without sockets: what they say, taken apart.
#include "identity/secret_key.hpp"
#include "relay/proto/relay_client_state.hpp"
#include "relay/proto/relay_server_state.hpp"
#include "support/catch.hpp"
#include "wire/websocket_frame.hpp"

#include <map>
#include <set>
#include <string>
#include <vector>

namespace meshhost::test {

namespace proto = relay::proto;
using proto::client_number;

inline identity::secret_key numbered_key(std::uint8_t number) {
    const std::array<std::uint8_t, 32> seed{number};
    return identity::secret_key::from_seed(seed);
}

/// One message in one frame, as the end that reads it gets it.
inline byte_buffer framed(bytes_view message, wire::websocket_end reader) {
    byte_buffer out;
    std::optional<wire::websocket_mask> mask;
    if (reader == wire::websocket_end::server) mask = wire::websocket_mask{1, 2, 3, 4};
    wire::append_websocket_frame(out, wire::websocket_opcode::binary, {message}, mask);
    return out;
}

/// Messages in a stream of bytes, as hex.
inline std::vector<std::string> unframed(byte_buffer stream, wire::websocket_end reader) {
    std::vector<std::string> out;
    wire::websocket_reader reading(reader, proto::message_max);
    reading.feed(stream);
    while (const auto message = reading.poll())
        if (message->opcode == wire::websocket_opcode::binary) out.push_back(to_hex(message->data));
    CHECK(reading.fault() == wire::websocket_fault::none);
    return out;
}

/// A server machine, and what it wants done.
struct server_bench {
    explicit server_bench(proto::server_config config = {})
        : machine(std::move(config), prng(1)) {}

    /// Opened and proven, as by the header.
    void join(
        std::uint64_t number,
        std::uint8_t key,
        proto::relay_version version = proto::relay_version::v2
    ) {
        open(
            number,
            {.version = version,
             .asked = {},
             .proven = numbered_key(key).id(),
             .authenticate_by = now + 30s}
        );
        read(number);
    }
    void open(std::uint64_t number, const proto::client_opening& how) {
        machine.open(client_number(number), how, now);
        settle();
    }
    void say(std::uint64_t number, bytes_view message) {
        auto bytes = framed(message, wire::websocket_end::server);
        raw(number, bytes);
    }
    void raw(std::uint64_t number, byte_buffer bytes) {
        machine.received(client_number(number), bytes, now);
        settle();
    }
    void send(
        std::uint64_t number,
        std::uint8_t to,
        std::string_view text,
        std::uint16_t segment = 0
    ) {
        const auto head = proto::head_to_relay(numbered_key(to).id().bytes(), 2, segment);
        byte_buffer message(head.view().begin(), head.view().end());
        message.insert(message.end(), text.begin(), text.end());
        say(number, message);
    }
    /// All that waits for it, written.
    std::vector<std::string> read(std::uint64_t number) {
        byte_buffer all;
        while (true) {
            const auto out = machine.outgoing(client_number(number));
            if (out.empty()) break;
            all.insert(all.end(), out.begin(), out.end());
            machine.taken(client_number(number), out.size(), now);
        }
        settle();
        return unframed(std::move(all), wire::websocket_end::client);
    }
    void leave(std::uint64_t number) {
        machine.closed(client_number(number), now);
        settle();
    }
    void wait(duration span) {
        const time_point until = now + span;
        while (machine.next_deadline() && *machine.next_deadline() <= until) {
            now = std::max(now, *machine.next_deadline());
            machine.handle_deadline(now);
            settle();
        }
        now = until;
    }
    void settle() {
        while (const auto output = machine.poll_output()) {
            if (output->kind == proto::server_output_kind::close)
                ended[output->client.value] = output->end;
            if (output->kind == proto::server_output_kind::pause)
                paused.insert(output->client.value);
            if (output->kind == proto::server_output_kind::resume)
                paused.erase(output->client.value);
            if (output->kind == proto::server_output_kind::write)
                written.insert(output->client.value);
        }
        machine.check_invariants();
    }

    time_point now{1h};
    proto::relay_server_state machine;
    std::map<std::uint64_t, proto::client_end> ended;
    std::set<std::uint64_t> paused;
    std::set<std::uint64_t> written;
};

inline std::string hex_id(std::uint8_t key) {
    return to_hex(numbered_key(key).id().bytes());
}

}  // namespace meshhost::test
