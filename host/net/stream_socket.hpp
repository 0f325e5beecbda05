// SPDX-License-Identifier: Apache-2.0
#pragma once
// A connected TCP socket, plain or under TLS, that never blocks. Says what it waits for; waiting
// is readable_watch's. Holds nothing while it is idle but the kernel's, and TLS's state.
#include "base/bytes.hpp"
#include "base/unique_fd.hpp"
#include "net/io_step.hpp"
#include "net/tls_session.hpp"

#include <memory>
#include <string>
#include <string_view>

namespace meshhost::net {

class tls_client_context;
class tls_server_context;

/// Movable. One thread.
class stream_socket {
public:
    stream_socket() = default;
    /// A socket that is connected and does not block; Nagle's algorithm is turned off.
    explicit stream_socket(unique_fd connected);

    bool is_open() const noexcept { return static_cast<bool>(descriptor_); }
    bool is_secure() const noexcept { return tls_ != nullptr; }
    int descriptor() const noexcept { return descriptor_.get(); }

    /// TLS from here on, until handshake() says done before anything else. `name` is the server's.
    /// The context outlives the socket.
    void secure(const tls_client_context& context, std::string_view name);
    void secure(const tls_server_context& context);
    io_step handshake();

    /// Some of what is there. done: there may be more, unless has_less() of the same count.
    io_step read(std::span<std::uint8_t> into);
    /// Whether a read() that got `count` of `asked` bytes left nothing for another right away.
    bool has_less(std::size_t count, std::size_t asked) const noexcept {
        return !is_secure() && count < asked;
    }
    /// What is taken may be forgotten. wants_write also when all is taken and a part of it still
    /// waits here: then call it again, with nothing if there is nothing more.
    io_step write(bytes_view from);
    /// Nothing follows; the other end still may send.
    void end_writing();
    void close();

    /// Of TLS: 32 bytes, say, that both ends know and nobody else. false: there is none.
    bool export_key(std::string_view label, bytes_view context, std::span<std::uint8_t> out);
    /// What went wrong, for people.
    std::string fault() const;

private:
    unique_fd descriptor_;
    std::unique_ptr<tls_session> tls_;
    int errno_ = 0;
};

}  // namespace meshhost::net
