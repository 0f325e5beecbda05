// SPDX-License-Identifier: Apache-2.0
#pragma once
// A connected socket and a stream of the mesh, joined: what comes from one goes to the other, no
// faster than it takes it, until both have ended.
#include <mesh/fds.hpp>
#include <mesh/streams.hpp>

#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <memory>
#include <string>
#include <string_view>

namespace mesh {

class relay : public std::enable_shared_from_this<relay> {
public:
    /// Takes over `fd`, which does not block; lives until both ends have ended, or one broke.
    static void join(descriptors& fds, int fd, stream with) {
        const std::shared_ptr<relay> made(new relay(fds, fd, std::move(with)));
        made->begin();
    }
    ~relay() {
        watch_.reset();
        ::close(fd_);
    }
    relay(const relay&) = delete;
    relay& operator=(const relay&) = delete;

private:
    relay(descriptors& fds, int fd, stream with)
        : fds_(fds)
        , fd_(fd)
        , stream_(std::move(with)) {}

    void begin() {
        const auto self = shared_from_this();
        watch_ = fds_.watch(fd_, MESH_FD_READ, [self](std::uint32_t ready) {
            if ((ready & MESH_FD_ERROR) != 0) return self->give_up();
            if ((ready & MESH_FD_READ) != 0) self->from_socket();
            if ((ready & MESH_FD_WRITE) != 0) self->to_socket();
        });
        stream_.on_readable([self](stream&) { self->to_socket(); });
        stream_.on_writable([self](stream&) {
            self->is_stream_full_ = false;
            self->listen();
        });
        stream_.on_broken([self](stream&, std::uint64_t) { self->end(); });
    }

    void from_socket() {
        std::array<char, 16384> piece;
        const auto size = ::recv(fd_, piece.data(), piece.size(), MSG_PEEK);
        if (size < 0) return is_later() ? void() : give_up();
        if (size == 0) {
            is_socket_done_ = true;
            stream_.finish();
        } else {
            const auto taken = stream_.write({piece.data(), static_cast<std::size_t>(size)});
            if (taken > 0) (void)::recv(fd_, piece.data(), taken, 0);
            is_stream_full_ = taken < static_cast<std::size_t>(size);
        }
        listen();
        end_if_over();
    }

    void to_socket() {
        for (;;) {
            if (kept_.empty() && !is_stream_done_) {
                kept_.resize(16384);
                kept_.resize(stream_.read(kept_.data(), kept_.size(), is_stream_done_));
            }
            if (kept_.empty()) break;
            const auto sent = ::send(fd_, kept_.data(), kept_.size(), MSG_NOSIGNAL);
            if (sent < 0 && !is_later()) return give_up();
            if (sent < 0) break;
            kept_.erase(0, static_cast<std::size_t>(sent));
        }
        if (is_stream_done_ && kept_.empty()) ::shutdown(fd_, SHUT_WR);
        listen();
        end_if_over();
    }

    /// For what there is room for.
    void listen() {
        if (!watch_) return;
        std::uint32_t interest = 0;
        if (!is_socket_done_ && !is_stream_full_) interest |= MESH_FD_READ;
        if (!kept_.empty()) interest |= MESH_FD_WRITE;
        fds_.modify(watch_, interest);
    }
    static bool is_later() { return errno == EAGAIN || errno == EINTR; }
    void end_if_over() {
        if (is_socket_done_ && is_stream_done_ && kept_.empty()) end();
    }
    void give_up() {
        const auto self = shared_from_this();
        stream_.reset();
        stream_.stop();
        end();
    }
    /// Nobody holds it any more.
    void end() {
        const auto self = shared_from_this();
        stream_.on_readable(nullptr);
        stream_.on_writable(nullptr);
        stream_.on_broken(nullptr);
        watch_.reset();
    }

    descriptors& fds_;
    int fd_;
    stream stream_;
    scoped watch_;
    std::string kept_;  ///< from the stream, for the socket
    bool is_socket_done_ = false;
    bool is_stream_done_ = false;
    bool is_stream_full_ = false;
};

}  // namespace mesh
