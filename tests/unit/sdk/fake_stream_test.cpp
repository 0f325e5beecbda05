// SPDX-License-Identifier: Apache-2.0
// Streams in memory: pull reads, credit writes, ends and resets.
#include <mesh/testing.hpp>

#include "support/catch.hpp"
#include "unit/sdk/chatty_role.hpp"

using mesh::testing::fake_host;

namespace {

struct node : fake_host {
    explicit node(std::string_view name)
        : fake_host(chatty::plugin()) {
        set_name(name);
        REQUIRE(create() == MESH_OK);
        role = chatty::role::latest;
        REQUIRE(start() == MESH_OK);
        run();
        streams = &role->need<mesh_stream_v1>();
    }
    template <class F>
    void on_strand(F f) {
        role->post(std::move(f));
        run();
    }
    void listen(const char* alpn) {
        on_strand([this, alpn] {
            mesh_handle listener = 0;
            REQUIRE(streams->listen(abi(), mesh::bytes(alpn), nullptr, 1, &listener) == MESH_OK);
        });
    }
    std::string read_all(mesh_handle from, mesh_status& end) {
        std::string all;
        std::uint8_t buffer[1000];
        std::size_t size = 0;
        std::uint32_t flags = 0;
        do {
            end = streams->read(abi(), from, buffer, sizeof buffer, &size, &flags);
            all.append(reinterpret_cast<const char*>(buffer), end == MESH_OK ? size : 0);
        } while (end == MESH_OK && flags != MESH_STREAM_FIN);
        return all;
    }
    chatty::role* role = nullptr;
    const mesh_stream_v1* streams = nullptr;
};

}  // namespace

TEST_CASE("a scripted peer connects, asks and is answered") {
    node host("one");
    const auto alice = host.add_peer("alice");
    REQUIRE(host.conn_from(alice, "echo/1") == 0);  // nobody listens
    host.listen("echo/1");
    const auto conn = host.conn_from(alice, "echo/1");
    host.run();
    host.on_strand([&] { REQUIRE(host.streams->accept(host.abi(), conn, 2) == MESH_OK); });
    const auto stream = host.peer_opens(conn);
    host.peer_writes(stream, "question", true);
    host.run();
    REQUIRE(
        host.role->others
        == std::vector<
            std::
                uint32_t>{MESH_EV_CONN_IN, MESH_EV_CONN_UP, MESH_EV_STREAM_IN, MESH_EV_STREAM_READABLE}
    );
    host.on_strand([&] {
        mesh_status end = 0;
        REQUIRE(host.read_all(stream, end) == "question");
        REQUIRE(end == MESH_OK);
        std::size_t taken = 0;
        REQUIRE(
            host.streams->write(host.abi(), stream, mesh::bytes("yes"), MESH_STREAM_FIN, &taken)
            == MESH_OK
        );
    });
    REQUIRE(host.has_fin(stream));
    REQUIRE(host.peer_reads(stream) == "yes");
    host.peer_closes(conn, 7, "done");
    host.run();
    REQUIRE(host.role->others.back() == MESH_EV_CONN_DOWN);
    REQUIRE(host.open_handles("conn") == 0);
    REQUIRE(host.open_handles("stream") == 0);
}

TEST_CASE("a writer gets credit, and is told when there is more") {
    node host("one");
    const auto alice = host.add_peer("alice");
    host.listen("sink/1");
    const auto conn = host.conn_from(alice, "sink/1");
    host.run();
    const std::string large(100000, 'x');
    const auto stream = host.peer_opens(conn);
    host.run();
    host.on_strand([&] {
        host.streams->accept(host.abi(), conn, 2);
        std::size_t taken = 0;
        REQUIRE(host.streams->write(host.abi(), stream, mesh::bytes(large), 0, &taken) == MESH_OK);
        REQUIRE(taken == 64 * 1024);
        REQUIRE(
            host.streams->write(host.abi(), stream, mesh::bytes("x"), 0, &taken) == MESH_E_AGAIN
        );
    });
    REQUIRE(host.peer_reads(stream).size() == 64 * 1024);
    host.run();
    REQUIRE(host.role->others.back() == MESH_EV_STREAM_WRITABLE);
}

TEST_CASE("two fake hosts speak over a stream") {
    node one("one");
    node two("two");
    connect(one, two);
    two.listen("chat/1");
    mesh_handle conn = 0;
    one.on_strand([&] {
        REQUIRE(
            one.streams->connect(one.abi(), two.id(), mesh::bytes("chat/1"), 3, &conn) == MESH_OK
        );
    });
    const auto accepted = two.latest("conn");
    two.on_strand([&] { REQUIRE(two.streams->accept(two.abi(), accepted, 4) == MESH_OK); });
    REQUIRE(one.role->others == std::vector<std::uint32_t>{MESH_EV_CONN_UP});

    mesh_handle stream = 0;
    one.on_strand([&] {
        std::size_t taken = 0;
        REQUIRE(one.streams->open(one.abi(), conn, MESH_STREAM_UNI, 5, &stream) == MESH_OK);
        one.streams->write(one.abi(), stream, mesh::bytes("hello"), MESH_STREAM_FIN, &taken);
    });
    two.on_strand([&] {
        mesh_status end = 0;
        REQUIRE(two.read_all(two.latest("stream"), end) == "hello");
    });
    REQUIRE(two.open_handles("stream") == 0);  // read to its end, and there is no way back

    one.on_strand([&] { one.streams->close(one.abi(), conn, 9, mesh::str("bye")); });
    REQUIRE(two.role->others.back() == MESH_EV_CONN_DOWN);
    REQUIRE(one.open_handles("conn") == 0);
}

TEST_CASE("a connection that nobody takes") {
    node one("one");
    node two("two");
    connect(one, two);
    mesh_handle conn = 0;
    one.on_strand([&] {
        one.streams->connect(one.abi(), two.id(), mesh::bytes("none/1"), 3, &conn);
    });
    REQUIRE(one.role->others == std::vector<std::uint32_t>{MESH_EV_CONN_DOWN});
    REQUIRE(one.open_handles("conn") == 0);
}

TEST_CASE("a stream can be reset") {
    node host("one");
    const auto alice = host.add_peer("alice");
    host.listen("echo/1");
    const auto conn = host.conn_from(alice, "echo/1");
    host.run();
    host.on_strand([&] { host.streams->accept(host.abi(), conn, 2); });
    const auto stream = host.peer_opens(conn);
    host.run();
    host.peer_resets(stream, 13);
    host.run();
    REQUIRE(host.role->others.back() == MESH_EV_STREAM_RESET);
    host.on_strand([&] {
        mesh_status end = 0;
        host.read_all(stream, end);
        REQUIRE(end == MESH_E_CLOSED);
    });
}
