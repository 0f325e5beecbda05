// SPDX-License-Identifier: Apache-2.0
#pragma once
// UDP sockets on loopback, and a sink that remembers what arrived.
#include "net/udp_socket.hpp"
#include "support/catch.hpp"

#include <algorithm>
#include <poll.h>
#include <vector>

namespace meshhost::test {

struct arrived_datagram {
    ip_endpoint from;
    byte_buffer data;
    net::ecn_mark ecn;
    ip_endpoint to;
};

/// Cuts batches into datagrams.
class datagram_collector final : public net::receive_sink {
public:
    void on_datagrams(const net::received_datagrams& batch) override {
        largest_batch = std::max(largest_batch, batch.data.size());
        for (std::span<std::uint8_t> rest = batch.data; !rest.empty();) {
            const auto one = rest.first(std::min(batch.segment_size, rest.size()));
            datagrams.push_back(
                {batch.from, byte_buffer(one.begin(), one.end()), batch.ecn, batch.to}
            );
            rest = rest.subspan(one.size());
        }
    }

    std::vector<arrived_datagram> datagrams;
    std::size_t largest_batch = 0;
};

inline net::udp_socket bind_loopback(const net::udp_options& options = {}) {
    auto bound = net::udp_socket::bind(ip_endpoint::loopback_v4(0), options);
    REQUIRE(bound.has_value());
    return std::move(bound).value();
}

/// Receives until `count` datagrams came, or nothing came for five seconds.
inline void receive_some(net::udp_socket& socket, datagram_collector& into, std::size_t count) {
    while (into.datagrams.size() < count) {
        pollfd readable{socket.native_handle(), POLLIN, 0};
        REQUIRE(::poll(&readable, 1, 5'000) == 1);
        socket.receive(into);
    }
}

/// `size` bytes in which no two segments are alike.
inline byte_buffer counting_bytes(std::size_t size) {
    byte_buffer bytes(size);
    for (std::size_t i = 0; i < size; ++i)
        bytes[i] = static_cast<std::uint8_t>(i * 131 + i / 251);
    return bytes;
}

inline byte_buffer joined(const std::vector<arrived_datagram>& datagrams) {
    byte_buffer all;
    for (const arrived_datagram& each : datagrams)
        all.insert(all.end(), each.data.begin(), each.data.end());
    return all;
}

}  // namespace meshhost::test
