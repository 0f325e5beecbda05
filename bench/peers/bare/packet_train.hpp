// SPDX-License-Identifier: Apache-2.0
#pragma once
// Packets of one length, gathered until one sendmsg with UDP_SEGMENT takes them all.
#include <netinet/in.h>

#include <array>
#include <cstdint>
#include <span>

namespace meshhost::bench {

/// One thread. The socket outlives it.
class packet_train {
public:
    explicit packet_train(int socket) noexcept
        : socket_(socket) {}

    /// Where the next packet may be written; sends what was gathered when it is full.
    std::span<std::uint8_t> room(std::size_t size);
    /// `size` bytes were written into room(), for `to`.
    void commit(const sockaddr_in& to, std::size_t size);
    void finish();

private:
    static constexpr std::size_t segments_max = 44;  // 44 of 1,452 bytes are below 64 KiB

    int socket_;
    sockaddr_in to_{};
    std::size_t filled_ = 0;
    std::size_t segment_size_ = 0;
    std::array<std::uint8_t, 65'536> buffer_;
};

}  // namespace meshhost::bench
