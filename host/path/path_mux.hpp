// SPDX-License-Identifier: Apache-2.0
#pragma once
// One datagram interface over all paths: direct ones, over our UDP sockets, and those by way of
// relays. Nobody else knows what an id stands for.
#include "base/error.hpp"
#include "base/log.hpp"
#include "net/readable_watch.hpp"
#include "net/shard.hpp"
#include "net/udp_socket.hpp"
#include "path/fault_filter.hpp"
#include "path/path_table.hpp"
#include "path/relay_links.hpp"

#include <memory>
#include <optional>
#include <vector>

namespace meshhost::path {

struct datagrams {
    path_id path;
    bytes_view data;  ///< one datagram, or several of segment_size bytes
    std::size_t segment_size;
    std::uint8_t ecn;  ///< the two ECN bits
};

class path_sink {
public:
    /// `data` may be written to, and is valid during the call only.
    virtual void on_datagram(path_id path, std::uint8_t ecn, std::span<std::uint8_t> data) = 0;
    /// A host says that nobody listens at this address of it, or somebody says so in its name.
    virtual void on_refused(const ip_endpoint& remote) = 0;
    /// What was waiting has been handed over: the time to answer.
    virtual void on_turn_end() = 0;
    /// After send() returned false: there is room again.
    virtual void on_writable() = 0;
    /// A socket's own address is gone: rebind().
    virtual void on_socket_broken() = 0;
    /// See relay_links_sink.
    virtual void on_relays_changed() = 0;

protected:
    ~path_sink() = default;
};

struct mux_options {
    std::vector<ip_endpoint> bind;  ///< empty: 0.0.0.0 and [::], the same free port if possible
    net::udp_options udp;
    relay_options relays;
    logger log;
};

/// Lifecycle: open() → use → destroy. One thread: the shard's. Sockets: at most 8.
class path_mux final : private relay_links_sink {
public:
    static constexpr std::size_t sockets_max = 8;

    /// Errors: those of net::udp_socket::bind and relay_links::open. Without an IPv6 stack the
    /// default is IPv4 alone.
    static outcome<std::unique_ptr<path_mux>> open(
        net::shard& shard,
        path_sink& sink,
        mux_options options
    );
    path_mux(const path_mux&) = delete;
    path_mux& operator=(const path_mux&) = delete;
    ~path_mux();

    path_table& paths() noexcept { return paths_; }
    const path_table& paths() const noexcept { return paths_; }
    std::vector<ip_endpoint> bound() const;
    relay_links& relays() noexcept { return relays_; }
    const relay_links& relays() const noexcept { return relays_; }

    /// false: taken, but the way out is full: nothing more until on_writable(). What goes to an
    /// unknown path, or nowhere, is dropped like any lost datagram.
    bool send(const datagrams& out);
    /// Lost where the way out is full: for what its sender says again by itself. It is never held,
    /// so that it takes nobody's place.
    void send_once(const datagrams& out);

    /// For labs: from now on the network is as bad as this. Precondition: it is valid.
    void set_faults(const fault_plan& plan);

    /// Fresh sockets in place of the old; every address gets a new path. Where a fixed port
    /// cannot be had again a free one is taken. Nothing is held any more: whoever waits for
    /// on_writable() may send. Errors: as open(), for one of the addresses; the others are bound
    /// all the same, and the old sockets are gone. Never from inside a sink.
    outcome<bool> rebind();

private:
    class binding;

    // relay_links_sink
    void on_relayed(
        const relay_hop& from,
        std::uint8_t ecn,
        std::span<std::uint8_t> data,
        std::size_t segment_size
    ) override;
    void on_relay_turn_end() override { sink_.on_turn_end(); }
    void on_relays_changed() override { sink_.on_relays_changed(); }

    path_mux(net::shard& shard, path_sink& sink, mux_options options);
    void hand_up(
        path_id path,
        std::uint8_t ecn,
        std::span<std::uint8_t> data,
        std::size_t segment_size
    );
    outcome<bool> bind_all();
    outcome<bool> bind_default();
    outcome<bool> bind_one(const ip_endpoint& local);
    outcome<bool> bind_if_there(const ip_endpoint& local);
    outcome<bool> bind_again(ip_endpoint local);
    /// Whether one of the ways out was full.
    bool send_everywhere(const datagrams& out);
    net::send_status send_to(
        const path_target& target,
        const ip_endpoint& local,
        const datagrams& out
    );
    net::send_status send_from_socket(
        const ip_endpoint& remote,
        const ip_endpoint& local,
        const datagrams& out
    );
    net::send_status send_through_faults(
        const path_target& target,
        const ip_endpoint& local,
        const datagrams& out
    );
    binding* way_out(const ip_endpoint& remote, const ip_endpoint& local);
    void hold(const datagrams& out);
    void on_socket_writable();

    net::shard& shard_;
    path_sink& sink_;
    mux_options options_;
    path_table paths_;
    relay_links relays_;
    std::vector<std::unique_ptr<binding>> bindings_;
    /// The train that did not fit, sent first when there is room.
    struct held_train {
        path_id path;
        byte_buffer data;
        std::size_t segment_size = 0;
        std::uint8_t ecn = 0;
    };
    std::optional<held_train> held_;
    std::unique_ptr<fault_filter> faults_;  ///< nullptr: none
};

}  // namespace meshhost::path
