// SPDX-License-Identifier: Apache-2.0
#pragma once
// TLS on one connected socket that does not block, for stream_socket. What the socket does not
// take of a record waits here, so that a record is never half accepted: what write() has taken is
// on its way, and the caller may forget or change it.
#include "base/bytes.hpp"
#include "net/io_step.hpp"

#include <memory>
#include <string>
#include <string_view>

struct ssl_ctx_st;
struct ssl_st;

namespace meshhost::net {

/// One thread. `descriptor` stays its owner's, and outlives it.
class tls_session {
public:
    /// Waiting for a socket, at most. Records have 16 KiB; a handshake's flight a few.
    static constexpr std::size_t unsent_max = std::size_t{64} << 10;

    /// `name`: of the server, which its certificate has to bear; a DNS name or an IP address.
    static std::unique_ptr<tls_session> to_server(
        ssl_ctx_st& context,
        int descriptor,
        std::string_view name
    );
    static std::unique_ptr<tls_session> to_client(ssl_ctx_st& context, int descriptor);
    tls_session(const tls_session&) = delete;
    tls_session& operator=(const tls_session&) = delete;
    ~tls_session();

    io_step handshake();
    io_step read(std::span<std::uint8_t> into);
    io_step write(bytes_view from);
    /// Says that nothing follows; best effort.
    void close();

    /// RFC 8446 section 7.5 or RFC 5705. false: the handshake is not done.
    bool export_key(std::string_view label, bytes_view context, std::span<std::uint8_t> out);
    /// What went wrong, for people; empty when nothing did.
    const std::string& fault() const noexcept { return fault_; }

private:
    struct transport;

    tls_session(ssl_ctx_st& context, int descriptor);

    io_step judge(int returned);
    bool flush();

    std::unique_ptr<transport> transport_;
    ssl_st* ssl_;
    std::string fault_;
};

}  // namespace meshhost::net
