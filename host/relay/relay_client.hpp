// SPDX-License-Identifier: Apache-2.0
#pragma once
// One relay, kept in touch with: connects, authenticates, pings, and comes back by itself when the
// connection fails. Carries datagrams to whoever else is connected to the same relay. Knows nothing
// of paths or QUIC. The wire is iroh-relay's, v2 and v1 (docs/wire/relay.md).
#include "base/bytes.hpp"
#include "base/error.hpp"
#include "base/log.hpp"
#include "base/time.hpp"
#include "identity/endpoint_id.hpp"
#include "identity/secret_key.hpp"
#include "relay/proto/relay_client_state.hpp"

#include <cstdint>
#include <memory>
#include <optional>
#include <string>

namespace meshhost::net {
class shard;
class tls_client_context;
}  // namespace meshhost::net

namespace meshhost::relay {

using proto::down_reason;
using proto::relay_status;

/// One datagram, or several of `segment_size` bytes back to back (the last may be shorter), to or
/// from one peer with one mark. `data` is borrowed for the call.
struct relay_datagrams {
    const identity::endpoint_id& peer;
    bytes_view data;
    std::size_t segment_size;  ///< never 0: of a single one its size, or more
    std::uint8_t ecn;          ///< the two ECN bits as in an IP header: 0, 1 ECT(1), 2 ECT(0), 3 CE
};

/// Called on the shard's thread, never from inside a call on the client. It may call the client,
/// and may destroy it in on_status() and on_turn_end() only.
class relay_sink {
public:
    /// Came from `peer`, says the relay, which proves nothing: QUIC has to. `data` may be written
    /// to, and is valid during the call only. Never empty.
    virtual void on_datagrams(
        const identity::endpoint_id& peer,
        std::uint8_t ecn,
        std::span<std::uint8_t> data,
        std::size_t segment_size
    ) = 0;
    /// What was waiting has been handed over: the time to answer.
    virtual void on_turn_end() = 0;
    /// Each change. With `up` everything queued so far goes out; with `down`, `reason` says why.
    virtual void on_status(relay_status status, down_reason reason) = 0;
    /// A peer that sent us something is not connected to this relay any more.
    virtual void on_gone(const identity::endpoint_id& peer) = 0;
    /// After send() returned false: there is room again.
    virtual void on_writable() = 0;

protected:
    ~relay_sink() = default;
};

struct relay_client_options {
    std::string url;    ///< of the relay, as identity::normalise_relay_url() writes it
    std::string token;  ///< "Authorization: Bearer"; empty: none
    /// Whom to trust over TLS. Shared by all clients of a host; nullptr: the system's authorities,
    /// loaded at the first need. Outlives the client.
    net::tls_client_context* tls = nullptr;
    std::uint64_t seed = 0;  ///< of the jitter: any number, not the same on every host
    logger log = {};
};

using relay_client_stats = proto::client_stats;  ///< since start()

/// Lifecycle: make it, start(), use it, destroy it; stop() ends it early. Destroying it is
/// immediate: nothing is called afterwards and nothing waits for the network.
/// One thread: the shard's. `shard`, `key` and `sink` outlive it.
/// Limits: 1 connection, 256 KiB and 512 frames waiting, 64 KiB received and not yet whole.
class relay_client {
public:
    /// Errors: E_BAD_RELAY when the URL is none, E_TLS when the system's authorities cannot be
    /// read.
    static outcome<std::unique_ptr<relay_client>> make(
        net::shard& shard,
        const identity::secret_key& key,
        relay_sink& sink,
        relay_client_options options
    );
    relay_client(const relay_client&) = delete;
    relay_client& operator=(const relay_client&) = delete;
    ~relay_client();

    /// Connects, and keeps at it: a failure is retried after 10 ms, then twice as long each time up
    /// to 16 s, jittered; after a connection that was up for a while, from the beginning.
    void start();
    /// Ends the connection. The sink is told, later, once.
    void stop();

    /// The machine's addresses or routes changed: a connection that is up has to answer a ping at
    /// once, and a pending attempt is made now.
    void network_changed();

    /// Never blocks. While the relay is not up what is sent waits, at most 3 s. false: taken, but
    /// much is waiting: nothing more until on_writable(), else the oldest are lost. A train longer
    /// than a frame is cut at a segment's end.
    bool send(const relay_datagrams& out);

    relay_status status() const noexcept;
    down_reason reason() const noexcept;  ///< why it is, or last was, down
    const std::string& url() const noexcept;
    /// Round trip of the last ping; nullopt before one was answered. Also the bytes in waiting of
    /// both directions, so an upper bound under load.
    std::optional<duration> latency() const noexcept;
    const relay_client_stats& stats() const noexcept;
    /// Another client with our key has taken our place at this relay: what is sent to us goes
    /// there.
    bool is_superseded() const noexcept;

private:
    struct state;

    explicit relay_client(std::shared_ptr<state> made);

    std::shared_ptr<state> state_;  ///< shared with completions still in flight
};

}  // namespace meshhost::relay
