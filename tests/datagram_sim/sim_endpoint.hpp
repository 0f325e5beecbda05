// SPDX-License-Identifier: Apache-2.0
#pragma once
// One side of a simulated network: a real endpoint_core with real TLS, its paths over numbered
// wires, and the applications on its connections. It can die and come back as a process does.
#include "datagram_sim/test_app.hpp"
#include "quic/endpoint_core.hpp"

#include <functional>
#include <map>
#include <memory>
#include <set>

namespace meshhost::sim {

/// Who takes what an endpoint sends. Implemented by quic_pair.
class carrier {
public:
    virtual void carry(bool from_client, std::size_t wire, bytes_view data, std::uint8_t ecn) = 0;
    virtual time_point now() const = 0;

protected:
    ~carrier() = default;
};

struct endpoint_setup {
    bool is_client = false;
    quic::core_options core;
    std::set<std::string, std::less<>> replay_safe;
};

class sim_endpoint final : public quic::datagram_port, public quic::endpoint_sink {
public:
    sim_endpoint(endpoint_setup setup, carrier& network);
    sim_endpoint(const sim_endpoint&) = delete;
    sim_endpoint& operator=(const sim_endpoint&) = delete;
    ~sim_endpoint();

    const identity::endpoint_id& id() const noexcept { return key_.id(); }
    quic::endpoint_core& core() noexcept { return *core_; }
    const quic::endpoint_core& core() const noexcept { return *core_; }

    /// The path over one wire.
    static path_id path_over(std::size_t wire) { return path_id(wire + 1); }
    /// A dial's path over several wires: what is sent on it goes to all until settle().
    path_id open_path(std::vector<std::size_t> wires);

    test_app& dial(const quic::dial_parameters& parameters);
    /// The applications of the connections accepted so far, oldest first.
    const std::vector<test_app*>& accepted() const noexcept { return accepted_; }

    // how it behaves
    bool refuse_all = false;                       ///< no incoming connection finds a handler
    std::function<void(test_app&)> on_accept_app;  ///< prepares the next accepted ones

    /// Gone without a word, as by kill -9; it loses its tickets, tokens and ticket key.
    void kill();
    /// Up again, with the identity and reset key it had.
    void boot();

    /// The next `count` datagrams are taken, then the way out is full until unblock().
    void block_after(std::size_t count) { sends_left_ = count; }
    void unblock();
    bool is_blocked() const noexcept { return sends_left_ == 0; }

    /// Uses of paths by connections: balanced when none is alive.
    std::size_t paths_retained() const;
    /// Applications of ended connections are forgotten. References to them die.
    void forget_ended();

    /// While not null, every datagram sent is copied there.
    std::vector<byte_buffer>* recording = nullptr;
    /// Called around what may write packets: a flush, and the receiving of a handshake's packet.
    std::function<void()> before_write;
    std::function<void()> after_write;

    // --- for quic_pair
    void receive(std::size_t wire, std::uint8_t ecn, std::span<std::uint8_t> data);
    void run_deadline();
    void flush();
    time_point next_deadline() const;

private:
    // datagram_port
    bool send(const quic::outgoing& datagrams) override;
    void retain(path_id path) override { ++retained_[path]; }
    void release(path_id path) override;
    void settle(path_id dialled, path_id answered) override;
    ip_endpoint address_of(path_id path) const override;

    // endpoint_sink
    bool is_replay_safe(std::string_view alpn) const override;
    quic::connection_sink* on_incoming(quic::quic_connection& connection) override;
    void on_flush_wanted() override {}

    std::vector<std::size_t> wires_of(path_id path) const;

    endpoint_setup setup_;
    carrier& network_;
    identity::secret_key key_;
    std::unique_ptr<quic::tls_context> tls_;
    std::unique_ptr<quic::endpoint_core> core_;
    std::vector<std::unique_ptr<test_app>> apps_;
    std::vector<test_app*> accepted_;
    std::map<path_id, std::vector<std::size_t>> groups_;
    std::map<path_id, std::size_t> retained_;
    std::size_t sends_left_ = SIZE_MAX;
};

}  // namespace meshhost::sim
