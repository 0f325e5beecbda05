// SPDX-License-Identifier: Apache-2.0
// mesh.fd/1: the watches, and the wait that looks at them.
#include <mesh/plugin.h>

#include "base/unique_fd.hpp"
#include "plugin/event_queue.hpp"
#include "support/catch.hpp"

#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <thread>

using namespace meshhost;
using namespace meshhost::plugin;
using namespace meshhost::plugin::proto;

namespace {

struct socket_pair {
    socket_pair() {
        std::array<int, 2> both{};
        REQUIRE(::socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0, both.data()) == 0);
        near = unique_fd(both[0]);
        far = unique_fd(both[1]);
    }
    void send() const { REQUIRE(::write(far.get(), "x", 1) == 1); }
    void receive() const {
        char c = 0;
        REQUIRE(::read(near.get(), &c, 1) == 1);
    }

    unique_fd near;
    unique_fd far;
};

struct waiting_fixture {
    event_queue queue;
    fd_watches watches;
    socket_pair sockets;

    handle watch(std::uint32_t interest, std::uint64_t tag = 0) {
        return *watches.watch(sockets.near.get(), interest, tag);
    }
    /// A look that does not wait.
    std::optional<fd_event> look() {
        queue.wait_until(time_point::min(), &watches);
        return watches.poll();
    }
};

}  // namespace

TEST_CASE("fd watches: a descriptor has one watch, and the interest is known", "[plugin][fd]") {
    fd_watches watches;
    CHECK(watches.watch(3, 8, 0).error().code == MESH_E_INVALID);
    CHECK(watches.watch(3, MESH_FD_ERROR, 0).error().code == MESH_E_INVALID);
    const handle first = *watches.watch(3, 0, 0);
    CHECK(watches.watch(3, MESH_FD_READ, 0).error().code == MESH_E_EXISTS);
    CHECK(watches.wants().empty());
    CHECK(watches.modify(first, 8).error().code == MESH_E_INVALID);
    CHECK(watches.modify(first, MESH_FD_WRITE).has_value());
    REQUIRE(watches.wants().size() == 1);
    CHECK(watches.wants()[0].interest == MESH_FD_WRITE);
    CHECK(watches.unwatch(first));
    CHECK_FALSE(watches.unwatch(first));
    CHECK(watches.modify(first, MESH_FD_READ).error().code == MESH_E_HANDLE);
    for (int fd = 0; fd < static_cast<int>(fd_watches_max); ++fd)
        CHECK(watches.watch(fd, MESH_FD_READ, 0).has_value());
    CHECK(watches.watch(999, MESH_FD_READ, 0).error().code == MESH_E_BUDGET);
}

TEST_CASE("fd watches: what a handler ended or changed is not told", "[plugin][fd]") {
    fd_watches watches;
    const handle one = *watches.watch(1, MESH_FD_READ, 11);
    const handle two = *watches.watch(2, MESH_FD_READ, 12);
    const handle three = *watches.watch(3, MESH_FD_READ, 13);
    for (const handle each : {one, two, three})
        watches.saw(each, MESH_FD_READ);
    CHECK(watches.poll()->tag == 11);
    watches.unwatch(two);
    CHECK(watches.modify(three, MESH_FD_WRITE).has_value());
    CHECK_FALSE(watches.poll());
}

TEST_CASE_METHOD(waiting_fixture, "fd watches: readiness is a level", "[plugin][fd]") {
    const handle h = watch(MESH_FD_READ, 7);
    CHECK_FALSE(look());
    sockets.send();
    for (int i = 0; i < 3; ++i) {
        const auto event = look();
        REQUIRE(event);
        CHECK(event->watch == h);
        CHECK(event->tag == 7);
        CHECK(event->fd == sockets.near.get());
        CHECK(event->ready == MESH_FD_READ);
    }
    CHECK(watches.modify(h, 0).has_value());
    CHECK_FALSE(look());
    CHECK(watches.modify(h, MESH_FD_READ | MESH_FD_WRITE).has_value());
    CHECK(look()->ready == (MESH_FD_READ | MESH_FD_WRITE));
    sockets.receive();
    CHECK(look()->ready == MESH_FD_WRITE);
}

TEST_CASE_METHOD(
    waiting_fixture,
    "fd watches: a hang-up is the end for a reader, else an error",
    "[plugin][fd]"
) {
    const handle h = watch(MESH_FD_READ);
    sockets.far = unique_fd();
    CHECK(look()->ready == MESH_FD_READ);
    CHECK(watches.modify(h, MESH_FD_WRITE).has_value());
    CHECK((look()->ready & MESH_FD_ERROR) != 0);
    CHECK_FALSE(look());  // once
}

TEST_CASE_METHOD(waiting_fixture, "fd watches: a closed descriptor is told once", "[plugin][fd]") {
    const handle h = watch(MESH_FD_READ);
    sockets.near = unique_fd();
    const auto event = look();
    REQUIRE(event);
    CHECK(event->ready == MESH_FD_ERROR);
    CHECK_FALSE(look());
    CHECK(watches.unwatch(h));
}

TEST_CASE_METHOD(waiting_fixture, "fd watches: the strand wakes up for them", "[plugin][fd]") {
    watch(MESH_FD_READ);
    std::thread sender([&] { sockets.send(); });
    const auto work = queue.wait_until(no_deadline, &watches);
    CHECK_FALSE(work.item);
    CHECK(watches.poll()->ready == MESH_FD_READ);
    sender.join();
}

TEST_CASE_METHOD(
    waiting_fixture,
    "fd watches: they get their turn beside a busy queue",
    "[plugin][fd]"
) {
    watch(MESH_FD_READ);
    sockets.send();
    for (std::uint64_t tag = 0; tag < 3; ++tag) {
        REQUIRE(queue.push(posted_event{tag, nullptr, {}}));
        const auto work = queue.wait_until(no_deadline, &watches);
        CHECK(work.item);
        CHECK(watches.poll());
    }
}

TEST_CASE_METHOD(
    waiting_fixture,
    "fd watches: a bell that rings beside a descriptor is not heard twice",
    "[plugin][fd]"
) {
    watch(MESH_FD_READ);
    for (std::uint64_t round = 0; round < 200; ++round) {
        std::thread other([&] {
            sockets.send();
            queue.push(posted_event{round, nullptr, {}});
        });
        bool has_item = false;
        while (!has_item)
            has_item = queue.wait_until(no_deadline, &watches).item.has_value();
        other.join();
        sockets.receive();
        while (watches.poll()) {
        }
    }
    const time_point soon(std::chrono::steady_clock::now().time_since_epoch() + 20ms);
    while (watches.poll()) {
    }
    CHECK_FALSE(queue.wait_until(soon, &watches).item);
    CHECK(time_point(std::chrono::steady_clock::now().time_since_epoch()) >= soon);
}
