// SPDX-License-Identifier: Apache-2.0
#pragma once
// A stream's handle: forwards to the QUIC connection while both live.
#include "quic/quic_connection.hpp"
#include "transport/stream.hpp"

namespace meshhost::transport {

class connection_impl;

class stream_impl final : public stream {
public:
    stream_impl(connection_impl& owner, stream_id id) noexcept
        : owner_(&owner)
        , id_(id) {}

    stream_id id() const noexcept override { return id_; }
    bool is_bidi() const noexcept override { return ngtcp2_is_bidi_stream(id_.value) != 0; }
    bool is_open() const noexcept override { return owner_ != nullptr; }
    connection* owner() noexcept override;
    void set_handler(std::shared_ptr<stream_handler> handler) override;
    std::size_t write(bytes_view data, bool fin) override;
    void consume(std::size_t bytes) override;
    void reset(std::uint64_t code) override;
    void stop(std::uint64_t code) override;

    // --- for connection_impl
    bool has_handler() const noexcept { return handler_ != nullptr; }
    void deliver(bytes_view data, bool fin);
    void deliver_writable();
    bool was_reset_locally() const noexcept { return reset_locally_; }
    /// Tells the handler of the end, once, and lets go of it and of the connection.
    void end(stream_end how, std::uint64_t code);

private:
    quic::quic_connection* quic() noexcept;

    connection_impl* owner_;
    stream_id id_;
    std::shared_ptr<stream_handler> handler_;
    bool reset_locally_ = false;
};

}  // namespace meshhost::transport
