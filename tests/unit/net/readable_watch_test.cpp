// SPDX-License-Identifier: Apache-2.0
#include "base/unique_fd.hpp"
#include "loop_fixture.hpp"
#include "net/deadline_timer.hpp"
#include "net/readable_watch.hpp"
#include "udp_fixture.hpp"

#include <sys/socket.h>

#include <functional>
#include <memory>

using namespace meshhost;
using net::readable_watch;
using test::run_ready;
using test::run_until;

namespace {

/// Two ends of a stream that buffers little.
struct stream_pair {
    stream_pair() {
        int ends[2];
        REQUIRE(::socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0, ends) == 0);
        near = unique_fd(ends[0]);
        far = unique_fd(ends[1]);
    }
    void write_byte_to_near() { REQUIRE(::send(far.get(), "x", 1, 0) == 1); }
    void fill_towards_far() {
        while (::send(near.get(), "x", 1, 0) == 1) {
        }
    }
    static std::size_t read_all(int descriptor) {
        char bytes[512];
        std::size_t total = 0;
        for (ssize_t n; (n = ::recv(descriptor, bytes, sizeof bytes, 0)) > 0;)
            total += static_cast<std::size_t>(n);
        return total;
    }

    unique_fd near;
    unique_fd far;
};

struct scripted_sink final : net::readable_sink {
    bool on_readable() override {
        ++readable;
        return read();
    }
    void on_writable() override { ++writable; }

    std::function<bool()> read = [] { return true; };
    int readable = 0;
    int writable = 0;
};

struct deadline_flag final : net::deadline_sink {
    void on_deadline(time_point) override { fired = true; }
    bool fired = false;
};

}  // namespace

TEST_CASE("net: a watch speaks when there is something to read, and only then", "[net][watch]") {
    net::shard shard;
    stream_pair pair;
    scripted_sink sink;
    sink.read = [&] { return stream_pair::read_all(pair.near.get()) > 0; };
    readable_watch watch(shard, pair.near.get(), sink);
    REQUIRE(watch.start().has_value());
    run_ready(shard);
    CHECK(sink.readable == 0);
    for (int i = 1; i <= 3; ++i) {
        pair.write_byte_to_near();
        run_until(shard, [&] { return sink.readable == i; });
    }
    run_ready(shard);
    CHECK(sink.readable == 3);
}

TEST_CASE("net: what a sink left behind is told again", "[net][watch]") {
    net::shard shard;
    stream_pair pair;
    scripted_sink sink;  // says "drained" without having read
    readable_watch watch(shard, pair.near.get(), sink);
    REQUIRE(watch.start().has_value());
    pair.write_byte_to_near();
    run_until(shard, [&] { return sink.readable == 5; });
}

TEST_CASE("net: a watch that is paused says nothing until it goes on", "[net][watch]") {
    net::shard shard;
    stream_pair pair;
    scripted_sink sink;
    readable_watch watch(shard, pair.near.get(), sink);
    sink.read = [&] {
        stream_pair::read_all(pair.near.get());
        if (sink.readable == 1) watch.pause_reading();
        return sink.readable != 1;
    };
    REQUIRE(watch.start().has_value());
    pair.write_byte_to_near();
    run_until(shard, [&] { return sink.readable == 1; });
    CHECK(watch.is_paused());
    pair.write_byte_to_near();
    watch.watch_writable();
    run_until(shard, [&] { return sink.writable == 1; });
    run_ready(shard);
    run_ready(shard);
    CHECK(sink.readable == 1);
    watch.resume_reading();
    watch.resume_reading();
    run_until(shard, [&] { return sink.readable == 2; });
    run_ready(shard);
    CHECK(sink.readable == 2);
}

TEST_CASE("net: a flood does not starve a timer", "[net][watch]") {
    net::shard shard;
    net::udp_socket socket = test::bind_loopback();
    const byte_buffer datagram(100);
    const auto send_to_itself = [&] {
        REQUIRE(
            socket.send({socket.local(), datagram, datagram.size(), net::ecn_mark::not_ect})
            == net::send_status::sent
        );
    };
    test::datagram_collector arrived;
    scripted_sink sink;
    sink.read = [&] {  // for every datagram read another one comes: it is never drained
        send_to_itself();
        arrived.datagrams.clear();
        socket.receive(arrived, 1);
        return false;
    };
    deadline_flag deadline;
    readable_watch watch(shard, socket.native_handle(), sink);
    net::deadline_timer timer(shard, deadline);
    REQUIRE(watch.start().has_value());
    send_to_itself();
    timer.arm(shard.now() + 5ms);
    run_until(shard, [&] { return deadline.fired; });
    CHECK(sink.readable > 1);
}

TEST_CASE("net: a watch asked for writability answers once, when there is room", "[net][watch]") {
    net::shard shard;
    stream_pair pair;
    scripted_sink sink;
    sink.read = [&] { return stream_pair::read_all(pair.near.get()) > 0; };
    readable_watch watch(shard, pair.near.get(), sink);
    REQUIRE(watch.start().has_value());
    pair.fill_towards_far();
    watch.watch_writable();
    watch.watch_writable();
    run_ready(shard);
    CHECK(sink.writable == 0);

    stream_pair::read_all(pair.far.get());
    run_until(shard, [&] { return sink.writable == 1; });
    run_ready(shard);
    CHECK(sink.writable == 1);

    pair.write_byte_to_near();  // and it still reads
    run_until(shard, [&] { return sink.readable == 1; });

    watch.watch_writable();  // and can be asked again
    run_until(shard, [&] { return sink.writable == 2; });
}

TEST_CASE("net: a sink may destroy its watch", "[net][watch]") {
    net::shard shard;
    stream_pair pair;
    scripted_sink sink;
    auto watch = std::make_unique<readable_watch>(shard, pair.near.get(), sink);
    const bool drained = GENERATE(true, false);
    sink.read = [&] {
        watch.reset();
        return drained;
    };
    REQUIRE(watch->start().has_value());
    pair.write_byte_to_near();
    run_until(shard, [&] { return watch == nullptr; });
    run_ready(shard);
    CHECK(sink.readable == 1);
}

TEST_CASE("net: a destroyed watch is silent and leaves the descriptor open", "[net][watch]") {
    net::shard shard;
    stream_pair pair;
    scripted_sink sink;
    {
        readable_watch watch(shard, pair.near.get(), sink);
        REQUIRE(watch.start().has_value());
        watch.watch_writable();
        pair.write_byte_to_near();
    }
    run_ready(shard);
    CHECK(sink.readable == 0);
    CHECK(sink.writable == 0);
    CHECK(stream_pair::read_all(pair.near.get()) == 1);
}

TEST_CASE("net: what is no pollable descriptor is refused", "[net][watch]") {
    net::shard shard;
    scripted_sink sink;
    readable_watch watch(shard, -1, sink);
    CHECK(watch.start().has_error());
}
