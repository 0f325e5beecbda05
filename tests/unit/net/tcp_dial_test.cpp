// SPDX-License-Identifier: Apache-2.0
#include "loop_fixture.hpp"
#include "net/socket_address.hpp"
#include "net/stream_socket.hpp"
#include "net/tcp_dial.hpp"

#include <sys/socket.h>

#include <optional>
#include <poll.h>

using namespace meshhost;
using test::run_until;

namespace {

/// Listens, and accepts when asked.
struct port {
    port() {
        listening = unique_fd(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
        net::socket_address at(ip_endpoint::loopback_v4(0));
        REQUIRE(::bind(listening.get(), at.data(), at.size()) == 0);
        REQUIRE(::listen(listening.get(), 4) == 0);
        socklen_t size = net::socket_address::size_max;
        REQUIRE(::getsockname(listening.get(), at.data(), &size) == 0);
        number = at.endpoint()->port;
    }
    unique_fd accept() {
        unique_fd out(::accept4(listening.get(), nullptr, nullptr, SOCK_NONBLOCK | SOCK_CLOEXEC));
        REQUIRE(out);
        return out;
    }

    unique_fd listening;
    std::uint16_t number = 0;
};

net::tcp_result dial(net::shard& shard, net::tcp_target to) {
    std::optional<net::tcp_result> out;
    net::tcp_dial dialling(shard, std::move(to), [&](net::tcp_result result) {
        out = std::move(result);
    });
    CHECK(!out);  // never from inside
    run_until(shard, [&] { return out.has_value(); });
    return std::move(*out);
}

}  // namespace

TEST_CASE("net: a name and an address are dialled", "[net][tcp]") {
    net::shard shard;
    port there;
    CHECK(dial(shard, {"127.0.0.1", there.number}).socket);
    CHECK(dial(shard, {"localhost", there.number}).socket);  // ::1 may come first, and refuse
}

TEST_CASE("net: nobody there, and no such name", "[net][tcp]") {
    net::shard shard;
    std::uint16_t closed = 0;
    {
        const port gone;
        closed = gone.number;
    }
    const auto refused = dial(shard, {"127.0.0.1", closed});
    CHECK(refused.fault == net::tcp_fault::unreachable);
    CHECK(!refused.cause.empty());
    CHECK(dial(shard, {"no-such-name.invalid", 1}).fault == net::tcp_fault::no_such_name);
}

TEST_CASE("net: a dial that is destroyed tells nothing", "[net][tcp]") {
    net::shard shard;
    port there;
    bool has_told = false;
    {
        net::tcp_dial gone(shard, {"127.0.0.1", there.number}, [&](auto) { has_told = true; });
    }
    test::run_ready(shard);
    CHECK(!has_told);
}

TEST_CASE("net: a stream says what it waits for", "[net][tcp]") {
    net::shard shard;
    port there;
    net::stream_socket near(dial(shard, {"127.0.0.1", there.number}).socket);
    net::stream_socket far(there.accept());
    std::array<std::uint8_t, 100> room{};
    CHECK(near.read(room).state == net::io_state::wants_read);
    CHECK(far.write(as_bytes("hello")).count == 5);
    pollfd waiting{near.descriptor(), POLLIN, 0};
    REQUIRE(::poll(&waiting, 1, 5'000) == 1);
    const auto got = near.read(room);
    CHECK(got.count == 5);
    CHECK(near.has_less(got.count, room.size()));

    const byte_buffer much(1u << 20, 1);
    net::io_step step;
    std::size_t taken = 0;
    do {
        step = far.write(much);
        taken += step.count;
    } while (step.state == net::io_state::done);
    CHECK(step.state == net::io_state::wants_write);
    CHECK(taken > 0);

    near.close();  // with bytes that it has not read
    const auto is_over = [&] {
        const auto state = far.write(much).state;
        return state == net::io_state::failed;
    };
    while (!is_over()) {
    }
    CHECK(!far.fault().empty());
}
