// SPDX-License-Identifier: Apache-2.0
#pragma once
// Where datagrams land: one set of buffers a thread, shared by all its sockets, because a batch is
// handed over before the next one is read. Not responsible for anything that outlives a batch.
#include "net/control_messages.hpp"
#include "net/socket_address.hpp"
#include "net/udp_socket.hpp"

#include <sys/uio.h>

#include <array>
#include <memory>

namespace meshhost::net {

/// How the memory is divided. Its pages belong to nobody until the kernel writes to them, so an
/// idle host pays for the first page of the first slot only.
struct slot_layout {
    std::size_t count;
    std::size_t bytes;
};

/// With UDP_GRO one message is up to 64 KiB, and a few of them are what a socket's queue holds.
inline constexpr slot_layout coalesced_slots{8, 65'536};
/// Without it every message is one datagram, and many fit into a call. A datagram longer than
/// this comes truncated and is dropped: no path of ours has an MTU above 2,048.
inline constexpr slot_layout single_slots{32, 2'048};

/// One thread: the one that asked for it. Allocates once, at first use.
class receive_buffers {
public:
    static receive_buffers& of_this_thread();

    receive_buffers(const receive_buffers&) = delete;
    receive_buffers& operator=(const receive_buffers&) = delete;

    /// One recvmmsg: how many messages came, at most layout.count; -1 for an error other than
    /// "nothing is waiting". Reading has then cleared it.
    int fill(int descriptor, const slot_layout& layout);

    /// Hands over message `index` of the last fill(); drops it if it was truncated or is empty.
    void deliver(std::size_t index, receive_sink& sink);

private:
    static constexpr std::size_t messages_max = single_slots.count;
    static constexpr std::size_t memory_bytes = coalesced_slots.count * coalesced_slots.bytes;
    static_assert(single_slots.count * single_slots.bytes <= memory_bytes);
    static_assert(coalesced_slots.count <= messages_max);

    struct alignas(cmsghdr) control_space {
        std::array<unsigned char, control_bytes_max> bytes;
    };

    receive_buffers();
    void prepare(const slot_layout& layout);

    std::unique_ptr<std::uint8_t[]> memory_;
    std::array<mmsghdr, messages_max> messages_{};
    std::array<iovec, messages_max> slots_{};
    std::array<socket_address, messages_max> senders_{};
    std::array<control_space, messages_max> controls_{};
};

}  // namespace meshhost::net
