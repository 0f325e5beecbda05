// SPDX-License-Identifier: Apache-2.0
#pragma once
// Gathers the packets of one connection into trains of equal length, so that one system call
// carries many (UDP_SEGMENT). One is shared by all connections of an endpoint; it is empty
// between their turns.
#include "quic/ports.hpp"

#include <array>

namespace meshhost::quic {

class packet_writer {
public:
    explicit packet_writer(datagram_port& port)
        : port_(port) {}

    /// Where the next packet may be written: at least `size` bytes. May send what was gathered;
    /// check blocked() after it.
    std::span<std::uint8_t> room(std::size_t size);
    /// `size` bytes were written into room().
    void commit(path_id path, std::uint8_t ecn, std::size_t size);
    /// Sends what was gathered.
    void finish();

    /// The port is full: write nothing until unblock().
    bool blocked() const noexcept { return blocked_; }
    void unblock() noexcept { blocked_ = false; }

    std::uint64_t packets() const noexcept { return packets_; }
    std::uint64_t bytes() const noexcept { return bytes_; }

private:
    static constexpr std::size_t segments_max = 64;         // the kernel's UDP_MAX_SEGMENTS
    static constexpr std::size_t train_bytes_max = 65'000;  // below the largest UDP payload

    datagram_port& port_;
    std::array<std::uint8_t, 65'536> buffer_;
    std::size_t filled_ = 0;
    std::size_t segment_size_ = 0;
    std::size_t segments_ = 0;
    path_id path_;
    std::uint8_t ecn_ = 0;
    bool blocked_ = false;
    std::uint64_t packets_ = 0;
    std::uint64_t bytes_ = 0;  ///< of them
};

}  // namespace meshhost::quic
