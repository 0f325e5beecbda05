// SPDX-License-Identifier: Apache-2.0
#include "echo_peers.hpp"

using namespace meshhost;
using namespace meshhost::test;

namespace {

byte_buffer pattern(std::size_t size) {
    byte_buffer bytes(size);
    for (std::size_t i = 0; i < size; ++i)
        bytes[i] = static_cast<std::uint8_t>(i * 31 + i / 251);
    return bytes;
}

}  // namespace

TEST_CASE(
    "transport: bytes written on a stream come back whole, and both ends know the other's id",
    "[transport]"
) {
    echo_pair pair;
    pair.client->to_send = pattern(3'000'000);
    const auto connection = pair.dial();
    REQUIRE(pair.run_until([&] { return pair.client->fin_received; }));
    REQUIRE(pair.client->received == pair.client->to_send);
    REQUIRE(connection->remote_id() == pair.server->id());
    REQUIRE(pair.protocol->peers == std::vector{pair.dialler->id()});
    const auto path = connection->path();
    REQUIRE(path.kind == transport::path_kind::direct);
    REQUIRE(path.reason == "same_host");
    REQUIRE(path.remote == pair.server->bound().front());
    REQUIRE(path.rtt > duration{});
}
