// SPDX-License-Identifier: Apache-2.0
#pragma once
// One dialled connection of the bench with one stream on it.
#include "transport/endpoint.hpp"

#include <cstdint>
#include <memory>

namespace meshhost::bench {

class client_session;

class session_sink {
public:
    /// Connected; the stream is open and its mark was written.
    virtual void on_ready(client_session& session) = 0;
    virtual void on_bytes(client_session& session, bytes_view bytes) = 0;
    virtual void on_writable(client_session&) {}
    /// After this session was closed, by us.
    virtual void on_closed(client_session&) {}

protected:
    ~session_sink() = default;
};

/// Ends the process with a message when the connection fails: a bench has no use for half a run.
/// `sink` outlives it. It keeps itself alive until its connection is closed.
class client_session final : public transport::connection_handler,
                             public transport::stream_handler,
                             public std::enable_shared_from_this<client_session> {
public:
    static std::shared_ptr<client_session> dial(
        transport::endpoint& endpoint,
        const identity::endpoint_addr& server,
        const transport::connect_options& options,
        std::uint8_t mark,
        session_sink& sink
    );

    /// How much of it was taken; on_writable follows when that is not all.
    std::size_t write(bytes_view bytes, bool fin = false) { return stream_->write(bytes, fin); }
    void close();

    transport::handshake_kind handshake() const { return connection_->handshake(); }

    client_session(std::uint8_t mark, session_sink& sink)
        : mark_(mark)
        , sink_(sink) {}

private:
    void on_connected(transport::connection& connected) override;
    void on_stream(transport::connection&, std::shared_ptr<transport::stream>) override {}
    void on_closed(transport::connection&, const transport::close_reason& reason) override;
    void on_data(transport::stream& from, bytes_view data, bool fin) override;
    void on_writable(transport::stream&) override { sink_.on_writable(*this); }
    void on_closed(transport::stream&, transport::stream_end, std::uint64_t) override {}

    const std::uint8_t mark_;
    session_sink& sink_;
    std::shared_ptr<transport::connection> connection_;
    std::shared_ptr<transport::stream> stream_;
    bool closing_ = false;
};

}  // namespace meshhost::bench
