// SPDX-License-Identifier: Apache-2.0
#pragma once
// The endpoint's driver: sockets and the clock on one side, the QUIC core on the other.
#include "base/token_bucket.hpp"
#include "net/deadline_timer.hpp"
#include "net/interface_monitor.hpp"
#include "path/path_mux.hpp"
#include "quic/endpoint_core.hpp"
#include "transport/endpoint.hpp"

#include <boost/unordered/unordered_flat_map.hpp>

#include <functional>

namespace meshhost::transport {

class connection_impl;

class endpoint_impl final : public endpoint,
                            private path::path_sink,
                            private quic::datagram_port,
                            private quic::endpoint_sink,
                            private net::deadline_sink,
                            private net::address_sink {
public:
    endpoint_impl(net::shard& shard, endpoint_options options);
    ~endpoint_impl() override;
    outcome<bool> open();

    const identity::endpoint_id& id() const noexcept override { return options_.key.id(); }
    alpn_router& router() noexcept override { return router_; }
    std::vector<ip_endpoint> bound() const override { return mux_->bound(); }
    identity::endpoint_addr address() const override;
    std::shared_ptr<connection> connect(
        const identity::endpoint_addr& to,
        std::string_view alpn,
        std::shared_ptr<connection_handler> handler,
        const connect_options& options
    ) override;
    outcome<bool> rebind() override;
    void set_reach_sink(reach_sink* sink) override { reach_ = sink; }
    std::vector<relay_view> relays() const override { return mux_->relays().list(); }
    void send_stray(const ip_endpoint& to, bytes_view datagram) override;
    move_counts move_to_address(const identity::endpoint_id& peer, const ip_endpoint& to) override;
    move_counts move_to_relay(
        const identity::endpoint_id& peer,
        const way_end& from,
        std::string_view url
    ) override;
    std::vector<peer_way> ways() const override;
    bool set_faults(const fault_plan& plan) override;
    probe measure() const override;
    std::vector<held_connection> held() const override;
    std::vector<invariant> invariants(time_point due) const override {
        return core_.invariants(due);
    }
    void close(std::uint64_t code, std::string_view reason) override;

    // --- for connection_impl
    time_point now() const noexcept { return shard_.now(); }
    void describe(const identity::endpoint_id& peer, path_id path, path_info& info) const;
    std::optional<ip_endpoint> remote_of(path_id path) const;
    std::string address_text(path_id path) const;
    void tell_if_relayed(const connection_impl& handle);
    void on_path_checked(const connection_impl& handle, path_id path, bool works);
    /// false: the endpoint is closed.
    bool redial(connection_impl& handle);
    void forget(connection_impl& handle);

private:
    // path::path_sink
    void on_datagram(path_id path, std::uint8_t ecn, std::span<std::uint8_t> data) override;
    void on_refused(const ip_endpoint& remote) override;
    void on_turn_end() override;
    void on_writable() override;
    void on_socket_broken() override;
    void on_relays_changed() override;
    // quic::datagram_port
    bool send(const quic::outgoing& datagrams) override;
    void retain(path_id path) override { mux_->paths().retain(path); }
    void release(path_id path) override { mux_->paths().release(path); }
    void settle(path_id dialled, path_id answered) override;
    ip_endpoint address_of(path_id path) const override;
    // quic::endpoint_sink
    bool is_replay_safe(std::string_view alpn) const override;
    quic::connection_sink* on_incoming(quic::quic_connection& connection) override;
    void on_flush_wanted() override;
    // net::deadline_sink
    void on_deadline(time_point now) override;
    // net::address_sink
    void on_addresses_changed() override;

    void post(std::function<void()> work);
    bool dial(connection_impl& handle);
    std::vector<path::path_target> targets(const connection_impl& handle);
    template <class Filter, class Move>
    move_counts move(
        const identity::endpoint_id& peer,
        const path::path_target& to,
        Filter goes,
        Move how
    );
    bool are_sockets_stale() const;
    void flush(time_point now);
    void refresh_alpns();
    void refresh_own_addresses();
    void tell_of_network();

    net::shard& shard_;
    endpoint_options options_;
    alpn_router router_;
    std::uint64_t router_version_ = 0;
    quic::tls_context tls_;
    std::unique_ptr<path::path_mux> mux_;
    net::deadline_timer timer_;
    quic::endpoint_core core_;
    std::unique_ptr<net::interface_monitor> monitor_;
    std::vector<ip_endpoint> own_addresses_;
    reach_sink* reach_ = nullptr;
    /// Keeps every handle alive until its on_closed.
    boost::unordered_flat_map<connection_impl*, std::shared_ptr<connection_impl>> handles_;
    std::shared_ptr<bool> alive_ = std::make_shared<bool>(true);
    time_point now_{};                 ///< of the turn being handled
    token_bucket refusals_{200, 400};  ///< heard out: each costs a look at every connection
    bool rebinding_ = false;
    bool closed_ = false;
};

}  // namespace meshhost::transport
