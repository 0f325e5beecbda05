// SPDX-License-Identifier: Apache-2.0
#pragma once
// One QUIC connection to a peer, for all topics: frames in from its streams, frames out to ours,
// and its orderly end. Which of several connections is used is peer_link's business.
#include "gossip/close_code.hpp"
#include "gossip/service_limits.hpp"
#include "gossip/stream_intake.hpp"
#include "gossip/topic_streams.hpp"
#include "net/deadline_timer.hpp"
#include "net/shard.hpp"

#include <optional>
#include <vector>

namespace meshhost::gossip {

class peer_connection;

/// Called on the shard's thread, never from inside a call on the connection.
class peer_connection_sink {
public:
    /// The dialled connection is up.
    virtual void on_connected(peer_connection& connection) = 0;
    /// `body` is valid during the call only.
    virtual void on_frame(
        peer_connection& connection,
        const identity::topic_id& topic,
        bytes_view body
    ) = 0;
    /// The peer sent what is no frame.
    virtual void on_fault(peer_connection& connection, error_code error) = 0;
    /// What place() refused may fit now.
    virtual void on_room(peer_connection& connection) = 0;
    /// It can open no more streams: another has to take its place. Once.
    virtual void on_worn_out(peer_connection& connection) = 0;
    /// Last.
    virtual void on_ended(peer_connection& connection, const transport::close_reason& reason) = 0;

protected:
    ~peer_connection_sink() = default;
};

/// Lifecycle: made for a dial or an accepted connection; attach(), then used until on_ended. Kept
/// by the transport's connection and by its owner; detach() when the owner goes first. One thread:
/// the shard's.
class peer_connection final : public transport::connection_handler,
                              private topic_streams_sink,
                              private stream_intake_sink,
                              private net::deadline_sink {
public:
    peer_connection(
        net::shard& shard,
        peer_connection_sink& sink,
        const service_limits& limits,
        const identity::endpoint_id& peer,
        bool is_dialled
    );
    ~peer_connection() override;

    void attach(std::shared_ptr<transport::connection> connection) {
        connection_ = std::move(connection);
    }
    /// Nothing is told to the sink from here on.
    void detach() noexcept { sink_ = nullptr; }

    const identity::endpoint_id& peer() const noexcept { return peer_; }
    bool is_dialled() const noexcept { return is_dialled_; }
    /// Of an attached one.
    const transport::connection* connection() const noexcept { return connection_.get(); }
    /// False for a dial that has not been answered, or never was.
    bool was_up() const noexcept { return was_up_; }
    duration rtt() const { return connection_->path().rtt; }
    /// It is up: from now on its silence is noticed.
    void watch() { connection_->watch_liveness(limits_.liveness); }
    /// Asks whether it still is.
    void probe() { connection_->probe_now(); }
    std::size_t streams() const noexcept { return out_.size() + intakes_.size(); }
    std::uint64_t headerless() const noexcept { return headerless_; }

    /// False: not now, on_room() says when.
    bool place(const proto::send_output& frame);

    /// Another connection is used instead: sends no more, and goes on reading.
    void supersede();
    /// Of a superseded one: closes it after superseded_idle without a frame.
    void close_when_idle();
    /// Undoes both: the other one has ended.
    void resume();
    /// Reads no more; closes with `code` when what was placed has arrived, or after `wait`.
    void finish(duration wait, close_code code);
    /// Closes at once. Idempotent, as the others.
    void close(close_code code, std::string_view reason);

    // transport::connection_handler
    void on_connected(transport::connection&) override;
    void on_stream(transport::connection&, std::shared_ptr<transport::stream> opened) override;
    void on_send_low(transport::connection&) override;
    void on_streams_granted(transport::connection&) override;
    void on_closed(transport::connection&, const transport::close_reason& reason) override;

private:
    enum class phase : std::uint8_t { serving, superseded, finishing };
    struct incoming_stream {
        std::shared_ptr<stream_intake> intake;
        time_point header_due;
    };

    void on_streams_moved() override;
    void on_frame(const identity::topic_id& topic, bytes_view body) override;
    void on_intake_fault(error_code error) override;
    void on_intake_ended(const stream_intake& ended) override;
    void on_deadline(time_point now) override;

    void stop_headerless(time_point now);
    void watch_grants();
    void arm();

    net::shard& shard_;
    peer_connection_sink* sink_;
    service_limits limits_;
    identity::endpoint_id peer_;
    bool is_dialled_;
    bool was_up_;
    phase phase_ = phase::serving;
    std::shared_ptr<transport::connection> connection_;
    topic_streams out_;
    std::vector<incoming_stream> intakes_;
    std::uint64_t headerless_ = 0;  ///< of those, that never said their topic
    std::optional<time_point> close_due_;
    close_code close_with_ = close_code::in_order;
    std::optional<time_point> grant_due_;  ///< of a stream that we wait for
    net::deadline_timer timer_;
};

}  // namespace meshhost::gossip
