// SPDX-License-Identifier: Apache-2.0
#pragma once
// A TCP port and whoever connects to it.
#include "base/error.hpp"
#include "base/ip_endpoint.hpp"
#include "base/unique_fd.hpp"
#include "net/deadline_timer.hpp"
#include "net/readable_watch.hpp"

#include <memory>

namespace meshhost::net {
class shard;
class tls_server_context;
}  // namespace meshhost::net

namespace meshhost::relayd {

class acceptor_sink {
public:
    /// A socket that does not block. May not destroy the acceptor.
    virtual void on_accepted(
        unique_fd socket,
        const ip_endpoint& from,
        const net::tls_server_context* tls
    ) = 0;

protected:
    ~acceptor_sink() = default;
};

/// Accepts from its making on. When the process has no descriptors left it looks again a moment
/// later. One thread: the shard's. `shard`, `sink` and `tls` outlive it.
class tcp_acceptor final : net::readable_sink, net::deadline_sink {
public:
    static outcome<std::unique_ptr<tcp_acceptor>> listen(
        net::shard& shard,
        const ip_endpoint& where,
        const net::tls_server_context* tls,
        acceptor_sink& sink
    );
    tcp_acceptor(const tcp_acceptor&) = delete;
    tcp_acceptor& operator=(const tcp_acceptor&) = delete;

    const ip_endpoint& bound() const noexcept { return bound_; }
    bool is_secure() const noexcept { return tls_ != nullptr; }
    /// For who comes from now on.
    void replace_tls(const net::tls_server_context* tls) noexcept { tls_ = tls; }

private:
    static constexpr int accepts_a_turn = 64;
    static constexpr duration out_of_descriptors = 100ms;

    tcp_acceptor(
        net::shard& shard,
        unique_fd listening,
        const ip_endpoint& bound,
        const net::tls_server_context* tls,
        acceptor_sink& sink
    );

    bool on_readable() override;
    void on_deadline(time_point) override { watch_.resume_reading(); }

    net::shard& shard_;
    unique_fd listening_;
    ip_endpoint bound_;
    const net::tls_server_context* tls_;
    acceptor_sink& sink_;
    net::readable_watch watch_;
    net::deadline_timer retry_;
};

}  // namespace meshhost::relayd
