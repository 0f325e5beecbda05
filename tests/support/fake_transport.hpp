// SPDX-License-Identifier: Apache-2.0
#pragma once
// The transport's interfaces without a network: endpoints that meet in one fake_network, on one
// shard. Everything arrives through the shard's queue, in the order in which it was sent, and
// nothing waits for a clock: what takes time on a network happens when the test says so.
#include "net/shard.hpp"
#include "transport/endpoint.hpp"

#include <deque>
#include <limits>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace meshhost::test {

class fake_endpoint;
class fake_connection;

/// Finds endpoints by id. Outlives them.
class fake_network {
public:
    explicit fake_network(net::shard& shard)
        : shard_(shard) {}

    /// Every connection whose other end vanished ends now, here as `cause`.
    void expire(transport::close_cause cause);

    net::shard& shard() noexcept { return shard_; }
    fake_endpoint* find(const identity::endpoint_id& id) const;
    std::vector<fake_endpoint*> endpoints() const;

private:
    friend class fake_endpoint;
    net::shard& shard_;
    std::map<identity::endpoint_id, fake_endpoint*> endpoints_;
};

/// One direction's bytes: what was sent and not consumed counts against the window.
class fake_stream final : public transport::stream {
public:
    fake_stream(fake_connection& owner, stream_id id, bool is_bidi)
        : owner_(&owner)
        , id_(id)
        , is_bidi_(is_bidi) {}

    stream_id id() const noexcept override { return id_; }
    bool is_bidi() const noexcept override { return is_bidi_; }
    bool is_open() const noexcept override { return owner_ != nullptr; }
    transport::connection* owner() noexcept override;
    void set_handler(std::shared_ptr<transport::stream_handler> handler) override;
    std::size_t write(bytes_view data, bool fin) override;
    void consume(std::size_t bytes) override;
    void reset(std::uint64_t code) override;
    void stop(std::uint64_t code) override;

private:
    friend class fake_connection;
    friend class fake_endpoint;

    void arrive(const byte_buffer& data, bool fin);
    void deliver();
    void end(transport::stream_end how, std::uint64_t code);
    void finish_if_done();
    void break_off(transport::stream_end at_peer, std::uint64_t code);

    fake_connection* owner_;
    stream_id id_;
    bool is_bidi_;
    std::weak_ptr<fake_stream> peer_;
    std::shared_ptr<transport::stream_handler> handler_;
    std::size_t in_flight_ = 0;  ///< sent, not consumed by the peer
    bool is_short_ = false;      ///< a write took less than it was given
    bool is_fin_sent_ = false;
    bool is_fin_received_ = false;
    bool is_fin_delivered_ = false;
    byte_buffer waiting_;  ///< arrived, not delivered
};

class fake_connection final : public transport::connection {
public:
    fake_connection(
        fake_endpoint& owner,
        identity::endpoint_id remote,
        std::string alpn,
        bool dialled
    );

    const identity::endpoint_id& remote_id() const noexcept override { return remote_; }
    const std::string& alpn() const noexcept override { return alpn_; }
    bool is_dialled() const noexcept override { return is_dialled_; }
    bool is_connected() const noexcept override { return is_connected_ && !is_closed_; }
    bool is_closed() const noexcept override { return is_closed_; }
    transport::handshake_kind handshake() const noexcept override {
        return is_connected() ? transport::handshake_kind::full
                              : transport::handshake_kind::pending;
    }
    transport::path_info path() const override;
    void set_handler(std::shared_ptr<transport::connection_handler> handler) override;
    std::shared_ptr<transport::stream> open_bidi(std::shared_ptr<transport::stream_handler> handler
    ) override;
    std::shared_ptr<transport::stream> open_uni(std::shared_ptr<transport::stream_handler> handler
    ) override;
    std::size_t send_bytes() const noexcept override;
    void notify_send_low(std::size_t bytes) override { send_low_ = bytes; }
    std::size_t datagram_size_max() const noexcept override { return 1200; }
    bool send_datagram(bytes_view data) override;
    void watch_liveness(const transport::liveness_terms& terms) override { watched_ = terms; }
    void probe_now() override { ++probes_; }
    void set_keep_alive(duration interval) override { keep_alive_ = interval; }
    void close(std::uint64_t code, std::string_view reason) override;

    // what it was asked for
    const std::optional<transport::liveness_terms>& watched() const noexcept { return watched_; }
    std::size_t probes() const noexcept { return probes_; }
    const std::optional<duration>& keep_alive() const noexcept { return keep_alive_; }

private:
    friend class fake_endpoint;
    friend class fake_network;
    friend class fake_stream;

    std::shared_ptr<transport::stream> open(
        bool is_bidi,
        std::shared_ptr<transport::stream_handler> handler
    );
    void on_opened(stream_id id, bool is_bidi, const std::shared_ptr<fake_stream>& peer);
    void finish(const transport::close_reason& reason);
    void check_send_low();
    void tell_of_room();
    std::size_t opened_here() const;
    /// The other end is gone and nobody said so.
    bool is_alone() const;
    std::shared_ptr<fake_connection> self();

    fake_endpoint* owner_;
    identity::endpoint_id remote_;
    std::string alpn_;
    bool is_dialled_;
    bool is_connected_ = false;
    bool is_closed_ = false;
    std::shared_ptr<transport::connection_handler> handler_;
    std::weak_ptr<fake_connection> peer_;
    std::map<stream_id, std::shared_ptr<fake_stream>> streams_;
    std::int64_t opened_ = 0;
    std::optional<std::size_t> send_low_;
    std::optional<transport::liveness_terms> watched_;
    std::optional<duration> keep_alive_;
    std::size_t probes_ = 0;
};

class fake_endpoint final : public transport::endpoint {
public:
    fake_endpoint(fake_network& network, identity::secret_key key, const ip_endpoint& address);
    ~fake_endpoint() override;

    const identity::endpoint_id& id() const noexcept override { return key_.id(); }
    transport::alpn_router& router() noexcept override { return router_; }
    std::vector<ip_endpoint> bound() const override { return {address_}; }
    identity::endpoint_addr address() const override { return {id(), {}, {address_}}; }
    /// Only with the right address is there an answer; without one the dial fails at once. There
    /// are no tickets, and so no early data.
    std::shared_ptr<transport::connection> connect(
        const identity::endpoint_addr& to,
        std::string_view alpn,
        std::shared_ptr<transport::connection_handler> handler,
        const transport::connect_options& options
    ) override;
    outcome<bool> rebind() override { return true; }
    bool set_faults(const transport::fault_plan& plan) override { return plan.is_valid(); }
    transport::probe measure() const override;
    void close(std::uint64_t code, std::string_view reason) override;

    const identity::secret_key& key() const noexcept { return key_; }
    /// Alive here, oldest first.
    const std::vector<std::shared_ptr<fake_connection>>& connections() const noexcept {
        return connections_;
    }

    /// As kill -9: its connections end here without a word, there when the network expires them.
    void vanish();
    /// How many bytes a stream to here takes before something is consumed.
    void set_window(std::size_t bytes) noexcept { window_ = bytes; }
    /// Nobody may have more streams to here open than this, on one connection.
    void allow_streams(std::size_t at_once) noexcept { streams_max_ = at_once; }
    void refuse_streams() noexcept { allow_streams(0); }
    /// While false, nothing that arrives on streams is handed to their users.
    void set_reading(bool is_reading);
    /// Waits for the test to answer dials from here: see answer_dials().
    void hold_dials() noexcept { is_holding_dials_ = true; }
    void answer_dials();

private:
    friend class fake_connection;
    friend class fake_network;
    friend class fake_stream;

    struct dial {
        std::shared_ptr<fake_connection> from;
        identity::endpoint_addr to;
    };

    template <class Work>
    void post(Work work);
    void answer(const dial& waiting);
    void forget(const fake_connection& connection);

    fake_network& network_;
    identity::secret_key key_;
    ip_endpoint address_;
    transport::alpn_router router_;
    std::vector<std::shared_ptr<fake_connection>> connections_;
    std::deque<dial> dials_;
    std::shared_ptr<bool> alive_ = std::make_shared<bool>(true);
    std::size_t window_ = 1u << 20;
    bool is_reading_ = true;
    std::size_t streams_max_ = std::numeric_limits<std::size_t>::max();
    bool is_holding_dials_ = false;
    std::uint64_t opened_ = 0;
    std::uint64_t closed_ = 0;
};

}  // namespace meshhost::test
