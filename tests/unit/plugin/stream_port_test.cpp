// SPDX-License-Identifier: Apache-2.0
// mesh.stream/1 on the instance's side: handles, buffers, credit and edges, without a host.
#include "plugin/proto/stream_codes.hpp"
#include "plugin/proto/stream_port.hpp"
#include "support/catch.hpp"

#include <array>
#include <string>

using namespace meshhost;
using namespace meshhost::plugin::proto;
using event_kind = stream_event::kind;

namespace {

constexpr link_number first = host_number + 1;

byte_buffer bytes(std::size_t size) {
    return byte_buffer(size, 'x');
}

/// A port with one connection that is up.
struct port_fixture {
    stream_port port;
    handle connection = 0;
    handle listener = 0;

    port_fixture() {
        listener = port.listen("test/1", {}, 1)->listener;
        REQUIRE_FALSE(port.take(down::connection_offered{first, listener, {}}));
        const auto offered = port.poll();
        REQUIRE(offered);
        REQUIRE(offered->what == event_kind::conn_in);
        CHECK(offered->tag == 1);
        connection = offered->subject;
        CHECK(port.accept(connection, 2)->connection == first);
        expect(event_kind::conn_up, connection);
    }

    /// The next event, which is this one.
    stream_event expect(event_kind what, handle subject) {
        const auto event = port.poll();
        REQUIRE(event);
        CHECK(event->what == what);
        CHECK(event->subject == subject);
        return *event;
    }
    handle open(bool is_bidi = true) { return port.open(connection, is_bidi, 3)->stream; }
    handle offered_stream(bool is_bidi = true) {
        port.take(down::stream_offered{++last, first, is_bidi});
        const auto event = port.poll();
        REQUIRE(event);
        REQUIRE(event->what == event_kind::in);
        return event->subject;
    }
    mesh_status read_status(handle stream) {
        std::array<std::uint8_t, 16> buffer{};
        const auto done = port.read(stream, buffer);
        return done ? MESH_OK : done.error().code;
    }
    mesh_status write_status(handle stream) {
        const auto done = port.write(stream, bytes(1), false);
        return done ? MESH_OK : done.error().code;
    }
    bool is_quiet() { return !port.poll(); }

    link_number last = first;
};

}  // namespace

TEST_CASE_METHOD(port_fixture, "stream port: an ALPN has one listener", "[plugin][streams]") {
    CHECK(port.listen("test/1", {}, 1).error().code == MESH_E_EXISTS);
    const auto other = port.listen("test/2", {.connections_max = 9999, .window = 1}, 7);
    CHECK(other->connections_max == connections_max);
    CHECK(other->window == stream_window_min);
    port.take(down::listen_failed{other->listener, stream_code::taken, "taken"});
    const auto failed = expect(event_kind::conn_down, other->listener);
    CHECK(failed.tag == 7);
    CHECK(failed.code == stream_code::taken);
    CHECK(failed.reason == "taken");
    CHECK(port.unlisten(other->listener).error().code == MESH_E_HANDLE);
    for (std::size_t i = port.held().listeners; i < listeners_max; ++i)
        CHECK(port.listen("test/n" + std::to_string(i), {}, 0).has_value());
    CHECK(port.listen("test/more", {}, 0).error().code == MESH_E_BUDGET);
}

TEST_CASE_METHOD(
    port_fixture,
    "stream port: who comes to no listener is sent away",
    "[plugin][streams]"
) {
    CHECK(port.unlisten(listener).has_value());
    const auto answer = port.take(down::connection_offered{first + 1, listener, {}});
    REQUIRE(answer);
    CHECK(answer->connection == first + 1);
    CHECK(answer->code == stream_code::no_listener);
    CHECK(is_quiet());
    CHECK(port.open(connection, true, 0).has_value());  // those who are in stay
}

TEST_CASE_METHOD(port_fixture, "stream port: one answer to an offer", "[plugin][streams]") {
    CHECK(port.accept(connection, 5).error().code == MESH_E_STATE);
    CHECK(port.reject(connection, 5, "").error().code == MESH_E_STATE);
    port.take(down::connection_offered{first + 1, listener, {}});
    const handle second = port.poll()->subject;
    CHECK(port.reject(second, 5, "no")->code == 5);
    CHECK(port.accept(second, 5).error().code == MESH_E_HANDLE);
    CHECK(port.close(second, 5, "").error().code == MESH_E_HANDLE);
    port.take(down::connection_lost{first + 1, 5, "no"});
    CHECK(is_quiet());  // it never was the plugin's
    CHECK(port.held().connections == 1);
}

TEST_CASE_METHOD(
    port_fixture,
    "stream port: an offer that goes away is told once",
    "[plugin][streams]"
) {
    port.take(down::connection_offered{first + 1, listener, {}});
    port.take(down::connection_lost{first + 1, 9, "gone"});
    const handle second = port.poll()->subject;
    CHECK(port.accept(second, 5).error().code == MESH_E_CLOSED);
    const auto gone = expect(event_kind::conn_down, second);
    CHECK(gone.code == 9);
    CHECK(gone.reason == "gone");
    CHECK(port.accept(second, 5).error().code == MESH_E_HANDLE);
    port.take(down::connection_lost{first + 1, 9, "gone"});
    CHECK(is_quiet());
}

TEST_CASE("stream port: a dial comes up or fails, once", "[plugin][streams]") {
    stream_port port;
    const handle dialled = port.connect({}, "test/1", 4)->connection;
    CHECK(port.open(dialled, true, 0).error().code == MESH_E_STATE);
    port.take(down::connection_made{dialled});
    port.take(down::connection_made{dialled});
    const auto up = port.poll();
    CHECK(up->what == event_kind::conn_up);
    CHECK(up->tag == 4);
    CHECK_FALSE(port.poll());
    CHECK(port.set_tag(dialled, 5));
    CHECK(port.close(dialled, 1, "bye")->reason == "bye");
    CHECK(port.close(dialled, 1, "bye").error().code == MESH_E_CLOSED);
    CHECK(port.open(dialled, true, 0).error().code == MESH_E_CLOSED);
    port.take(down::connection_lost{dialled, 1, "bye"});
    const auto down = port.poll();
    CHECK(down->what == event_kind::conn_down);
    CHECK(down->tag == 5);
    CHECK(down->code == 1);
    CHECK(port.size() == 0);
    CHECK_FALSE(port.set_tag(dialled, 6));
}

TEST_CASE("stream port: dials that are closed count until the host let go", "[plugin][streams]") {
    stream_port port;
    handle last = 0;
    for (std::size_t i = 0; i < connections_max; ++i) {
        last = port.connect({}, "test/1", 0)->connection;
        CHECK(port.close(last, 0, "").has_value());
    }
    CHECK(port.connect({}, "test/1", 0).error().code == MESH_E_BUDGET);
    port.take(down::connection_lost{last, 0, ""});
    CHECK(port.connect({}, "test/1", 0).error().code == MESH_E_BUDGET);  // CONN_DOWN is owed
    CHECK(port.poll()->what == event_kind::conn_down);
    CHECK(port.connect({}, "test/1", 0).has_value());
}

TEST_CASE_METHOD(port_fixture, "stream port: readable is an edge", "[plugin][streams]") {
    const handle stream = offered_stream();
    CHECK(read_status(stream) == MESH_E_AGAIN);
    port.take(down::stream_arrived{last, bytes(5), false});
    port.take(down::stream_arrived{last, bytes(5), false});
    expect(event_kind::readable, stream);
    CHECK(is_quiet());
    std::array<std::uint8_t, 8> buffer{};
    CHECK(port.read(stream, buffer)->size == 8);
    port.take(down::stream_arrived{last, bytes(5), false});
    CHECK(is_quiet());  // it has not been empty
    CHECK(port.read(stream, buffer)->size == 7);
    CHECK(read_status(stream) == MESH_E_AGAIN);
    port.take(down::stream_arrived{last, {}, true});
    expect(event_kind::readable, stream);
    const auto end = port.read(stream, buffer);
    CHECK(end->size == 0);
    CHECK(end->is_last);
}

TEST_CASE_METHOD(
    port_fixture,
    "stream port: what was read before its event is not told",
    "[plugin][streams]"
) {
    const handle stream = offered_stream();
    port.take(down::stream_arrived{last, bytes(5), false});
    CHECK(read_status(stream) == MESH_OK);
    CHECK(is_quiet());
    port.take(down::stream_arrived{last, bytes(5), false});
    expect(event_kind::readable, stream);
}

TEST_CASE_METHOD(
    port_fixture,
    "stream port: credit is given back as the plugin reads",
    "[plugin][streams]"
) {
    const handle stream = offered_stream();
    port.take(down::stream_arrived{last, bytes(10'000), false});
    byte_buffer buffer(1000);
    std::uint64_t given = 0;
    for (int i = 0; i < 9; ++i) {
        const auto done = port.read(stream, buffer);
        if (done->credit) {
            CHECK(done->credit->bytes >= stream_window_min / 4);
            given += done->credit->bytes;
        }
    }
    const auto last_read = port.read(stream, buffer);
    REQUIRE(last_read->credit);  // all of it, when nothing is left
    CHECK(given + last_read->credit->bytes == 10'000);
}

TEST_CASE_METHOD(
    port_fixture,
    "stream port: a stream is over when both sides are",
    "[plugin][streams]"
) {
    const handle stream = open();
    port.take(down::stream_arrived{stream, bytes(3), true});
    expect(event_kind::readable, stream);
    std::array<std::uint8_t, 8> buffer{};
    CHECK(port.read(stream, buffer)->is_last);
    CHECK(port.read(stream, buffer)->is_last);  // again, while it may be written to
    CHECK(port.write(stream, bytes(2), true)->is_last);
    CHECK(write_status(stream) == MESH_E_HANDLE);
    CHECK(read_status(stream) == MESH_E_HANDLE);
    CHECK(port.held().streams == 0);
    CHECK(port.size() == 3);  // the host has not said so yet
    port.take(down::stream_ended{stream, false, 0});
    CHECK(port.size() == 2);
    CHECK(is_quiet());
    port.take(down::stream_arrived{stream, bytes(3), true});
    port.take(down::stream_room{stream, 3});
    port.take(down::stream_ended{stream, true, 3});
    CHECK(is_quiet());
}

TEST_CASE_METHOD(
    port_fixture,
    "stream port: a finished stream is read to its end",
    "[plugin][streams]"
) {
    const handle stream = offered_stream(false);
    CHECK(write_status(stream) == MESH_E_CLOSED);
    port.take(down::stream_arrived{last, bytes(20), true});
    port.take(down::stream_ended{last, false, 0});
    expect(event_kind::readable, stream);
    CHECK(read_status(stream) == MESH_OK);
    CHECK(read_status(stream) == MESH_OK);
    CHECK(read_status(stream) == MESH_E_HANDLE);
    CHECK(port.size() == 2);
}

TEST_CASE_METHOD(
    port_fixture,
    "stream port: a reset is told once, and ends both sides",
    "[plugin][streams]"
) {
    const handle stream = offered_stream();
    port.take(down::stream_arrived{last, bytes(20), false});
    port.take(down::stream_ended{last, true, 42});
    CHECK(read_status(stream) == MESH_E_CLOSED);
    CHECK(write_status(stream) == MESH_E_CLOSED);
    const auto event = expect(event_kind::reset, stream);
    CHECK(event.code == 42);
    CHECK(read_status(stream) == MESH_E_HANDLE);
    CHECK(port.set_tag(stream, 1) == false);
    CHECK(port.size() == 2);
}

TEST_CASE_METHOD(
    port_fixture,
    "stream port: what was whole is read after a reset",
    "[plugin][streams]"
) {
    const handle stream = offered_stream();
    port.take(down::stream_arrived{last, bytes(20), true});
    port.take(down::stream_ended{last, true, 42});
    expect(event_kind::readable, stream);
    expect(event_kind::reset, stream);
    CHECK(write_status(stream) == MESH_E_CLOSED);
    CHECK(read_status(stream) == MESH_OK);
    CHECK(read_status(stream) == MESH_OK);
    CHECK(read_status(stream) == MESH_E_HANDLE);
    CHECK(port.size() == 2);
}

TEST_CASE_METHOD(port_fixture, "stream port: giving up each side, once", "[plugin][streams]") {
    const handle stream = open();
    CHECK(port.give_up(stream, stream_side::receiving, 7)->code == 7);
    CHECK(port.give_up(stream, stream_side::receiving, 7).error().code == MESH_E_CLOSED);
    CHECK(read_status(stream) == MESH_E_CLOSED);
    port.take(down::stream_arrived{stream, bytes(3), false});
    CHECK(is_quiet());
    CHECK(write_status(stream) == MESH_OK);
    CHECK(port.give_up(stream, stream_side::sending, 8).has_value());
    CHECK(write_status(stream) == MESH_E_HANDLE);
    port.take(down::stream_ended{stream, true, 8});
    CHECK(is_quiet());  // it was the plugin's own doing
    CHECK(port.size() == 2);
}

TEST_CASE_METHOD(
    port_fixture,
    "stream port: writable follows when a write took less",
    "[plugin][streams]"
) {
    const handle stream = open();
    const auto part = port.write(stream, bytes(stream_unsent_max + 10), true);
    CHECK(part->data.size() == stream_unsent_max);
    CHECK_FALSE(part->is_last);
    CHECK(write_status(stream) == MESH_E_AGAIN);
    CHECK(is_quiet());
    port.take(down::stream_room{stream, 10});
    CHECK(is_quiet());  // too little to be worth an event
    port.take(down::stream_room{stream, stream_unsent_max - 10});
    expect(event_kind::writable, stream);
    CHECK(write_status(stream) == MESH_OK);
    port.take(down::stream_room{stream, 1});
    CHECK(is_quiet());                                // nobody waits
    port.take(down::stream_room{stream, 1'000'000});  // what nobody owes does no harm
    CHECK(port.write(stream, bytes(1), false).has_value());
}

TEST_CASE_METHOD(
    port_fixture,
    "stream port: a connection's share is for all of its streams",
    "[plugin][streams]"
) {
    const std::size_t full = connection_unsent_max / stream_unsent_max;
    std::vector<handle> streams;
    for (std::size_t i = 0; i <= full; ++i)
        streams.push_back(open());
    for (std::size_t i = 0; i < full; ++i)
        CHECK(port.write(streams[i], bytes(stream_unsent_max), false).has_value());
    CHECK(write_status(streams[full]) == MESH_E_AGAIN);
    port.take(down::stream_room{streams[0], stream_unsent_max});
    expect(event_kind::writable, streams[full]);
    CHECK(is_quiet());
    CHECK(port.write(streams[full], bytes(stream_unsent_max), false).has_value());
    CHECK(port.give_up(streams[1], stream_side::sending, 0).has_value());  // gives its share back
    CHECK(port.write(streams[0], bytes(10), false).has_value());
}

TEST_CASE_METHOD(
    port_fixture,
    "stream port: what the link refused can be written again",
    "[plugin][streams]"
) {
    const handle stream = open();
    const auto message = port.write(stream, bytes(100), true);
    CHECK(message->is_last);
    port.take_back(message->stream, 100);
    CHECK(is_quiet());
    port.take_ready();
    expect(event_kind::writable, stream);
    CHECK(port.write(stream, bytes(100), true)->is_last);
}

TEST_CASE_METHOD(
    port_fixture,
    "stream port: streams go with their connection",
    "[plugin][streams]"
) {
    const handle stream = offered_stream();
    port.take(down::stream_arrived{last, bytes(5), false});
    SECTION("that the peer ended") {
        port.take(down::connection_lost{first, 3, "gone"});
        CHECK(read_status(stream) == MESH_E_HANDLE);
        expect(event_kind::conn_down, connection);
    }
    SECTION("that the plugin closed") {
        CHECK(port.close(connection, 3, "enough").has_value());
        CHECK(read_status(stream) == MESH_E_HANDLE);
        CHECK(is_quiet());
        port.take(down::stream_offered{++last, first, true});
        CHECK(is_quiet());
        port.take(down::connection_lost{first, 3, "enough"});
        CHECK(expect(event_kind::conn_down, connection).reason == "enough");
    }
    CHECK(is_quiet());
    CHECK(port.size() == 1);
    port.take(down::stream_arrived{last, bytes(5), true});
    CHECK(is_quiet());
}

TEST_CASE_METHOD(
    port_fixture,
    "stream port: there are no more streams than the limits",
    "[plugin][streams]"
) {
    for (std::size_t i = 0; i < connection_streams_max; ++i)
        CHECK(port.open(connection, true, 0).has_value());
    CHECK(port.open(connection, true, 0).error().code == MESH_E_BUDGET);
    while (port.held().streams < streams_max)
        CHECK(port.take(down::stream_offered{++last, first, true}));
    CHECK_FALSE(port.take(down::stream_offered{++last, first, true}));
}

TEST_CASE_METHOD(
    port_fixture,
    "stream port: after the end every handle is stale",
    "[plugin][streams]"
) {
    const handle stream = open();
    port.take(down::stream_arrived{stream, bytes(5), false});
    CHECK(port.clear());
    CHECK_FALSE(port.clear());
    CHECK(is_quiet());
    CHECK(read_status(stream) == MESH_E_HANDLE);
    CHECK(port.unlisten(listener).error().code == MESH_E_HANDLE);
    CHECK(port.close(connection, 0, "").error().code == MESH_E_HANDLE);
    CHECK(port.connect({}, "test/1", 0)->connection != connection);
}
