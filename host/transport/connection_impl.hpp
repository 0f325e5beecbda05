// SPDX-License-Identifier: Apache-2.0
#pragma once
// A connection's handle: the QUIC connection's sink below, the application's object above.
#include "identity/endpoint_addr.hpp"
#include "quic/quic_connection.hpp"
#include "transport/connection.hpp"
#include "transport/endpoint.hpp"
#include "transport/stream_impl.hpp"

#include <map>

namespace meshhost::transport {

class endpoint_impl;

class connection_impl final : public connection, public quic::connection_sink {
public:
    connection_impl(
        endpoint_impl& owner,
        identity::endpoint_addr to,
        std::string alpn,
        const connect_options& options
    );
    connection_impl(endpoint_impl& owner, quic::quic_connection& accepted);

    const identity::endpoint_id& remote_id() const noexcept override { return to_.id; }
    const std::string& alpn() const noexcept override { return alpn_; }
    bool is_dialled() const noexcept override { return dialled_; }
    bool is_connected() const noexcept override;
    bool is_closed() const noexcept override { return closed_; }
    handshake_kind handshake() const noexcept override;
    path_info path() const override;
    void set_handler(std::shared_ptr<connection_handler> handler) override;
    std::shared_ptr<stream> open_bidi(std::shared_ptr<stream_handler> handler) override;
    std::shared_ptr<stream> open_uni(std::shared_ptr<stream_handler> handler) override;
    std::size_t send_bytes() const noexcept override;
    void notify_send_low(std::size_t bytes) override;
    std::size_t datagram_size_max() const noexcept override;
    bool send_datagram(bytes_view data) override;
    void watch_liveness(const liveness_terms& terms) override;
    void probe_now() override;
    void set_keep_alive(duration interval) override;
    std::optional<std::array<std::uint8_t, 32>> export_secret(std::string_view label
    ) const override;
    void close(std::uint64_t code, std::string_view reason) override;

    // --- for endpoint_impl and stream_impl
    quic::quic_connection* quic() noexcept { return quic_; }
    bool has_handler() const noexcept { return handler_ != nullptr; }
    const identity::endpoint_addr& target() const noexcept { return to_; }
    const connect_options& options() const noexcept { return options_; }
    /// Somebody says that nobody listens there. Ends nothing before it returns.
    void on_refused(const ip_endpoint& remote, time_point now);
    std::size_t streams() const noexcept { return streams_.size(); }
    void attach(quic::quic_connection& dialling) noexcept { quic_ = &dialling; }
    /// The last word: for a dial that failed before there was anything to dial with, too.
    void finish(const close_reason& reason);

private:
    // quic::connection_sink
    void on_connected() override;
    void on_stream_data(stream_id id, bytes_view data, bool fin) override;
    void on_stream_event(const quic::stream_event& event) override;
    void on_datagram(bytes_view data) override;
    void on_send_low() override;
    void on_streams_granted() override;
    void on_path_checked(path_id path, bool works) override;
    void on_closed(const close_reason& reason) override;

    std::shared_ptr<stream> open(bool bidi, std::shared_ptr<stream_handler> handler);
    std::shared_ptr<connection_impl> self();
    void accept_stream(stream_id id);
    void end_stream(stream_id id, stream_end how, std::uint64_t code);
    bool try_other_addresses(const close_reason& reason);
    std::string dialled_addresses() const;

    endpoint_impl* owner_;  ///< nullptr once closed
    quic::quic_connection* quic_ = nullptr;
    identity::endpoint_addr to_;
    std::string alpn_;
    connect_options options_;
    bool dialled_;
    bool closed_ = false;
    std::vector<ip_endpoint> refused_;  ///< of the addresses dialled
    std::shared_ptr<connection_handler> handler_;
    std::map<stream_id, std::shared_ptr<stream_impl>> streams_;
};

}  // namespace meshhost::transport
