// SPDX-License-Identifier: Apache-2.0
#include "machines.hpp"
#include "relay/proto/relay_handshake.hpp"

using namespace meshhost;
using namespace meshhost::relay::proto;
using test::hex_id;
using test::numbered_key;
using test::server_bench;

namespace {

const std::string confirmation = "02";

client_opening stranger(const server_bench& bench, std::uint8_t asked = 9) {
    challenge fresh{};
    fresh.fill(asked);
    return {.version = relay_version::v2, .asked = fresh, .authenticate_by = bench.now + 30s};
}

std::vector<std::string> texts(std::initializer_list<std::string> all) {
    return all;
}

}  // namespace

TEST_CASE("relay server: a challenge, its answer, and what follows", "[relay][server]") {
    server_bench bench;
    const auto how = stranger(bench);
    bench.open(1, how);
    CHECK(bench.read(1) == texts({"00" + to_hex(how.asked)}));
    bench.say(1, sign_challenge(numbered_key(1), how.asked));
    CHECK(bench.read(1) == texts({confirmation}));
    CHECK(bench.machine.clients() == 1);
    CHECK(bench.machine.stats().proven == 0);
    bench.join(2, 2);
    CHECK(bench.machine.stats().proven == 1);
    bench.send(1, 2, "hi");
    CHECK(bench.read(2) == texts({"06" + hex_id(1) + "02" + "6869"}));
    bench.send(1, 2, "aabb", 2);
    CHECK(bench.read(2) == texts({"07" + hex_id(1) + "02" + "0002" + "61616262"}));
    CHECK(bench.machine.stats().datagrams_sent == 2);
    CHECK(bench.machine.stats().bytes_sent == 6);
}

TEST_CASE("relay server: an answer to another question", "[relay][server]") {
    server_bench bench;
    bench.open(1, stranger(bench));
    bench.read(1);
    challenge other{};
    bench.say(1, sign_challenge(numbered_key(1), other));
    CHECK(bench.ended[1] == client_end::denied);
    const auto said = bench.read(1);
    REQUIRE(said.size() == 1);
    CHECK(said[0].starts_with("03"));
    CHECK(bench.machine.clients() == 0);
}

TEST_CASE("relay server: nobody is waited for too long", "[relay][server]") {
    server_bench bench;
    bench.open(1, stranger(bench));
    bench.wait(29s);
    CHECK(bench.ended.empty());
    bench.wait(2s);
    CHECK(bench.ended[1] == client_end::late);
}

TEST_CASE("relay server: whom it does not serve", "[relay][server]") {
    server_config config;
    config.access = {access_mode::deny_list, {numbered_key(1).id()}, {}};
    server_bench bench(config);
    bench.open(
        1,
        {.version = relay_version::v2,
         .asked = {},
         .proven = numbered_key(1).id(),
         .authenticate_by = bench.now + 30s}
    );
    CHECK(bench.ended[1] == client_end::denied);
    CHECK(bench.machine.stats().proven == 0);
    bench.join(2, 2);
    CHECK(bench.machine.clients() == 1);
    bench.machine.set_access({access_mode::allow_list, {numbered_key(3).id()}, {}});
    bench.settle();
    CHECK(bench.ended[2] == client_end::denied);
}

TEST_CASE("relay server: the newest of one id wins", "[relay][server]") {
    server_bench bench;
    bench.join(1, 1);
    bench.join(2, 2);
    bench.join(3, 2);
    CHECK(bench.read(2) == texts({"0d01"}));
    bench.send(1, 2, "to the new one");
    CHECK(bench.read(2).empty());
    CHECK(bench.read(3).size() == 1);
    bench.send(2, 1, "still here");  // it may still send
    CHECK(bench.read(1).size() == 1);
    bench.leave(3);
    CHECK(bench.read(2) == texts({"0d00"}));
    bench.send(1, 2, "back");
    CHECK(bench.read(2).size() == 1);
    CHECK(bench.read(1).empty());  // nobody is gone
}

TEST_CASE("relay server: v1 is told in words what v2 is told in numbers", "[relay][server]") {
    server_bench bench;
    bench.join(1, 1, relay_version::v1);
    bench.join(2, 1);
    const auto said = bench.read(1);
    REQUIRE(said.size() == 1);
    CHECK(said[0].starts_with("0b"));
    bench.leave(2);
    CHECK(bench.read(1).empty());
}

TEST_CASE("relay server: whom somebody wrote to learns that it is gone", "[relay][server]") {
    server_bench bench;
    bench.join(1, 1);
    bench.join(2, 2);
    bench.join(3, 3);
    bench.send(1, 2, "x");
    bench.read(2);
    bench.leave(1);
    CHECK(bench.read(2) == texts({"08" + hex_id(1)}));
    CHECK(bench.read(3).empty());
    bench.send(2, 1, "x");
    CHECK(bench.machine.stats().dropped_unknown == 1);
}

TEST_CASE("relay server: pings are answered, and asked", "[relay][server]") {
    server_bench bench;
    bench.join(1, 1);
    ping_data data{1, 2, 3};
    bench.say(1, encode(ping_frame{data}).view());
    CHECK(bench.read(1) == texts({to_hex(encode(pong_frame{data}).view())}));
    bench.wait(21s);
    const auto asked = bench.read(1);
    REQUIRE(asked.size() == 1);
    REQUIRE(asked[0].starts_with("09"));
    auto pong = from_hex("0a" + asked[0].substr(2));
    bench.say(1, *pong);
    bench.wait(10s);
    CHECK(bench.ended.empty());
    bench.wait(20s);
    CHECK(bench.ended[1] == client_end::silent);
}

TEST_CASE("relay server: whoever sends is not silent", "[relay][server]") {
    server_bench bench;
    bench.join(1, 1);
    for (int i = 0; i < 100; ++i) {
        bench.wait(3s);
        bench.send(1, 1, "x");
        bench.read(1);
    }
    CHECK(bench.ended.empty());
}

TEST_CASE(
    "relay server: a slow receiver loses the oldest, and costs no more than its queue",
    "[relay][server]"
) {
    server_config config;
    config.queue_frames_max = 10;
    server_bench bench(config);
    bench.join(1, 1);
    bench.join(2, 2);
    for (int i = 0; i < 100; ++i)
        bench.send(1, 2, "number " + std::to_string(i));
    CHECK(bench.machine.stats().dropped_full == 90);
    const auto got = bench.read(2);
    REQUIRE(got.size() == 10);
    CHECK(got.front().ends_with(to_hex(as_bytes("number 90"))));
    CHECK(bench.machine.queued_bytes() == 0);
}

TEST_CASE("relay server: all queues together are bounded", "[relay][server]") {
    server_config config;
    config.queued_bytes_max = 10'000;
    server_bench bench(config);
    bench.join(1, 1);
    for (std::uint8_t i = 2; i < 30; ++i)
        bench.join(i, i);
    const std::string large(1'000, 'x');
    for (std::uint8_t i = 2; i < 30; ++i)
        bench.send(1, i, large);
    CHECK(bench.machine.queued_bytes() <= 10'000);
    CHECK(bench.machine.stats().dropped_memory > 0);
}

TEST_CASE("relay server: a socket that takes nothing is given up", "[relay][server]") {
    server_bench bench;
    bench.join(1, 1);
    bench.join(2, 2);
    bench.send(1, 2, "x");
    bench.machine.blocked(client_number(2), bench.now);
    bench.wait(1s);
    CHECK(bench.ended.empty());
    bench.wait(2s);
    CHECK(bench.ended[2] == client_end::slow);
}

TEST_CASE("relay server: who is too loud is not read from, and told once", "[relay][server]") {
    server_config config;
    config.client_bytes_per_second = 1'000;
    config.client_burst_bytes = 2'000;
    server_bench bench(config);
    bench.join(1, 1);
    bench.send(1, 9, std::string(1'000, 'x'));
    CHECK(bench.paused.empty());
    bench.send(1, 9, std::string(3'000, 'x'));
    CHECK(bench.paused.contains(1));
    CHECK(bench.read(1) == texts({"0d02"}));
    bench.wait(3s);
    CHECK(bench.paused.empty());
    bench.send(1, 9, std::string(3'000, 'x'));
    CHECK(bench.paused.contains(1));
    CHECK(bench.read(1).empty());
    CHECK(bench.machine.stats().rate_limited == 2);
}

TEST_CASE("relay server: what is no frame ends its connection alone", "[relay][server]") {
    server_bench bench;
    const std::vector<byte_buffer> wrong{
        byte_buffer{0x82, 0x01, 0x09},                                   // not masked
        byte_buffer{0xc2, 0x81, 0, 0, 0, 0, 9},                          // a reserved bit
        byte_buffer{0x82, 0xff, 0, 0, 0, 0, 0x10, 0, 0, 0, 0, 0, 0, 0},  // too long
        test::framed(byte_buffer{0x3f}, wire::websocket_end::server),    // no such type
        test::framed(byte_buffer{0x06, 1, 2}, wire::websocket_end::server),
        test::framed(byte_buffer{0x04, 1, 2}, wire::websocket_end::server)};
    bench.join(100, 100);
    for (std::uint8_t i = 0; i < wrong.size(); ++i) {
        const auto number = static_cast<std::uint8_t>(i + 1);
        bench.join(number, number);
        bench.raw(number, wrong[i]);
        CHECK(bench.ended[number] == client_end::violation);
        bench.leave(number);
    }
    CHECK(bench.machine.clients() == 1);
    CHECK(!bench.ended.contains(100));
}

TEST_CASE("relay server: a stranger may not say much", "[relay][server]") {
    server_bench bench;
    bench.open(1, stranger(bench));
    bench.say(1, byte_buffer(2'000, 1));
    CHECK(bench.ended[1] == client_end::violation);
}

TEST_CASE("relay server: so many connections of one id, and the oldest goes", "[relay][server]") {
    server_bench bench;
    for (std::uint64_t i = 1; i <= relay_seats::same_id_max + 1; ++i)
        bench.join(i, 1);
    CHECK(bench.ended.size() == 1);
    CHECK(bench.ended[1] == client_end::same_id);
    CHECK(bench.machine.clients() == relay_seats::same_id_max);
}

TEST_CASE("relay server: a goodbye with a time to come back at", "[relay][server]") {
    server_bench bench;
    bench.join(1, 1);
    bench.join(2, 2);
    bench.machine.shut_down(bench.now);
    bench.settle();
    const auto one = bench.read(1);
    REQUIRE(one.size() == 1);
    CHECK(one[0].starts_with("0c"));
    bench.machine.close_all(client_end::shut_down);
    bench.settle();
    CHECK(bench.ended.size() == 2);
}

TEST_CASE(
    "relay server: an idle client costs well below a kilobyte of buffers",
    "[relay][server]"
) {
    server_bench bench;
    bench.join(1, 1);
    bench.join(2, 2);
    bench.send(1, 2, std::string(50'000, 'x'));
    bench.read(2);
    bench.wait(21s);
    bench.read(1);
    bench.read(2);
    CHECK(bench.machine.queued_bytes() == 0);
}
