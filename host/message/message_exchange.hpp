// SPDX-License-Identifier: Apache-2.0
#pragma once
// Messages and requests between the roles of a mesh, by host and port.
#include "base/log.hpp"
#include "base/log_budget.hpp"
#include "identity/endpoint_addr.hpp"
#include "message/peer_line.hpp"
#include "message/peer_session.hpp"
#include "net/deadline_timer.hpp"
#include "net/shard.hpp"
#include "transport/accept_route.hpp"
#include "transport/endpoint.hpp"

#include <functional>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace meshhost::message {

struct exchange_limits {
    // --- what this host sends ---
    std::size_t lines_max = 256;        ///< peers with a connection of ours
    std::size_t line_sent_max = 64;     ///< to one peer: waiting for it, or for an answer
    std::size_t line_streams_max = 48;  ///< of those, under way
    std::size_t local_max = 256;        ///< requests of this host to itself
    duration notice_timeout = 10s;      ///< then it was not sent
    duration line_linger = 15s;         ///< of a connection that nobody uses
    // --- what others send ---
    std::size_t sessions_max = 256;
    std::size_t sessions_per_peer_max = 2;
    std::size_t streams_max = 512;
    std::size_t streams_per_peer_max = 64;
    duration frame_timeout = 10s;  ///< for a whole request to come, and for an answer to be taken
    duration session_idle_timeout = 30s;
};

struct exchange_options {
    byte_buffer mesh_secret;  ///< empty: being a member is enough
    exchange_limits limits;
    logger log;
};

/// Who may connect: a node that is known here as a member of the mesh.
using member_check = std::function<bool(const identity::endpoint_id& peer)>;
/// Where a peer may be.
using address_finder = std::function<identity::endpoint_addr(const identity::endpoint_id& peer)>;

struct exchange_probe {
    std::size_t lines = 0;
    std::size_t sent = 0;  ///< under way
    std::size_t sessions = 0;
    std::size_t streams = 0;  ///< of sessions
    std::size_t ports = 0;
    std::uint64_t requests = 0;
    std::uint64_t notices = 0;
    std::uint64_t arrivals = 0;
    std::uint64_t refused = 0;  ///< connections, streams and frames of others
};

/// Accepts while it exists. Destroying it ends every request without a word to its sink. One
/// thread: the shard's. `shard` and `endpoint` outlive it; so do sinks what they are given to.
class message_exchange final : private net::deadline_sink,
                               private outgoing_owner,
                               private peer_line_owner,
                               private peer_session_owner {
public:
    message_exchange(
        net::shard& shard,
        transport::endpoint& endpoint,
        member_check is_member,
        address_finder find,
        exchange_options options
    );
    message_exchange(const message_exchange&) = delete;
    message_exchange& operator=(const message_exchange&) = delete;
    ~message_exchange();

    /// Several sinks may share a port: they take turns.
    void open(const std::string& port, port_sink& sink);
    void close(const std::string& port, port_sink& sink);

    /// One answer follows, never from inside this call, unless the request is abandoned.
    /// Preconditions: those of encode(); 0 < timeout <= timeout_max.
    std::shared_ptr<outgoing> request(
        const identity::endpoint_id& to,
        const std::string& port,
        byte_buffer body,
        duration timeout,
        reply_sink& sink,
        std::uint64_t number
    );

    /// Best effort; nobody hears what became of it.
    void notify(const identity::endpoint_id& to, const std::string& port, byte_buffer body);

    exchange_probe measure() const;
    /// The connections that are its own. For the audit.
    std::vector<const transport::connection*> owned() const;

private:
    class local_request;
    using line_ptr = std::shared_ptr<peer_line>;

    std::shared_ptr<outgoing> make_outgoing(
        const identity::endpoint_id& to,
        byte_buffer frame,
        duration timeout,
        reply_sink* sink,
        std::uint64_t number
    );
    /// ok, or why not; then `sent` is not under way.
    status dispatch(const std::shared_ptr<outgoing>& sent);
    void ask_here(const std::shared_ptr<outgoing>& sent, const std::string& port, byte_buffer body);
    void fail_later(const std::shared_ptr<outgoing>& sent, status why, std::string words);
    /// ok, or why nobody took it.
    status deliver(arrival& what);
    std::size_t streams() const;
    std::size_t streams_of(const identity::endpoint_id& peer) const;
    void log_refusal(const identity::endpoint_id& peer, std::string_view why);

    void accept(std::shared_ptr<transport::connection> incoming);
    void on_session_stream(peer_session& from, std::shared_ptr<transport::stream> opened) override;
    void on_session_asked(
        peer_session& from,
        const std::shared_ptr<incoming>& asked,
        asked_frame frame
    ) override;
    void on_session_ended(peer_session& ended) override;
    void on_done(outgoing& done) override;
    void on_line_ended(peer_line& ended, const transport::close_reason& why) override;
    void on_deadline(time_point now) override;
    void end_idle_lines(time_point now);
    void arm();

    struct served_port {
        std::vector<port_sink*> sinks;
        std::size_t next = 0;  ///< whose turn it is
    };

    net::shard& shard_;
    transport::endpoint& endpoint_;
    member_check is_member_;
    address_finder find_;
    exchange_options options_;
    log_budget log_budget_;
    std::map<std::string, served_port, std::less<>> ports_;
    std::map<identity::endpoint_id, line_ptr> lines_;
    std::map<const transport::connection*, std::shared_ptr<peer_session>> sessions_;
    /// All that is under way, by when it has to be over.
    std::map<std::pair<time_point, std::uint64_t>, std::shared_ptr<outgoing>> sent_;
    std::size_t local_ = 0;  ///< of those, to this host
    std::uint64_t last_key_ = 0;
    exchange_probe counters_;  ///< only what is counted
    time_point next_look_ = no_deadline;
    net::deadline_timer timer_;
    transport::accept_route route_;
};

}  // namespace meshhost::message
