// SPDX-License-Identifier: Apache-2.0
#pragma once
// The asking side of `mesh/introspect/1`: connects when there is a question, and lets the
// connection go some seconds after the last answer.
#include "base/time.hpp"
#include "identity/endpoint_addr.hpp"
#include "introspect/asked_stream.hpp"
#include "introspect/asker.hpp"
#include "net/deadline_timer.hpp"
#include "net/shard.hpp"
#include "transport/endpoint.hpp"

#include <functional>
#include <map>
#include <memory>
#include <vector>

namespace meshhost::introspect {

struct client_options {
    byte_buffer mesh_secret;  ///< empty: none
    duration timeout = 10s;   ///< to the head of an answer, the connection included; and
                              ///< of an answer in one piece to its end
    duration linger = 5s;     ///< of a connection without questions
    std::size_t connections_max = 256;
    std::size_t streams_max = 8;     ///< at one time on a connection: what the other end takes
    std::size_t questions_max = 64;  ///< waiting for it, those under way included
};

struct client_probe {
    std::size_t connections = 0;
    std::size_t questions = 0;
    std::uint64_t asked = 0;
};

/// Where a peer may be.
using address_finder = std::function<identity::endpoint_addr(const identity::endpoint_id& peer)>;

/// Destroying it ends every question without a word. One thread: the shard's. `shard` and
/// `endpoint` outlive it.
class introspect_client final : public asker,
                                private asked_stream_sink,
                                private net::deadline_sink {
public:
    introspect_client(
        net::shard& shard,
        transport::endpoint& endpoint,
        address_finder find,
        client_options options
    );
    introspect_client(const introspect_client&) = delete;
    introspect_client& operator=(const introspect_client&) = delete;
    ~introspect_client() override;

    std::shared_ptr<call> ask(
        const identity::endpoint_id& whom,
        const http::request& asked,
        std::shared_ptr<answer_sink> sink
    ) override;

    /// It is gone: its connection is of no use to whoever comes in its place. Questions under way
    /// fail, never from inside this call.
    void forget(const identity::endpoint_id& whom);

    client_probe measure() const;
    /// The connections that are its own. For the audit.
    std::vector<const transport::connection*> owned() const;

private:
    class peer_line;
    using line_ptr = std::shared_ptr<peer_line>;

    line_ptr line_to(const identity::endpoint_id& whom);
    void on_ended(peer_line& ended, const transport::close_reason& reason);
    void drop(peer_line& ended);
    void on_done(asked_stream& done) override;
    void on_deadline(time_point now) override;
    void arm();

    net::shard& shard_;
    transport::endpoint& endpoint_;
    address_finder find_;
    client_options options_;
    std::map<identity::endpoint_id, line_ptr> lines_;
    std::uint64_t asked_ = 0;
    net::deadline_timer timer_;
};

}  // namespace meshhost::introspect
