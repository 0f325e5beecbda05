// SPDX-License-Identifier: Apache-2.0
#include "nat/proto/stun_responder.hpp"
#include "support/catch.hpp"

using namespace meshhost;
using namespace meshhost::nat::proto;

namespace {

const stun_transaction_id id{1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12};
const ip_endpoint v4 = ip_endpoint::v4({192, 0, 2, 1}, 32'853);
const ip_endpoint v6 = *ip_endpoint::parse("[2001:db8:1234:5678:11:2233:4455:6677]:32853");
const time_point start = time_point{} + 1h;

byte_buffer plain_request() {
    byte_buffer made = encode_stun_request({id, false, false});
    made.resize(stun_header_bytes);
    made[3] = 0;
    return made;
}

}  // namespace

TEST_CASE("stun server: says where it sees whoever asks", "[nat]") {
    stun_responder server(1);
    for (const auto& from : {v4, v6}) {
        const auto reply = server.handle(encode_stun_request({id, false, false}), from, start);
        REQUIRE(reply.has_value());
        CHECK(reply->size() == stun_header_bytes + (from.is_v4() ? 12u : 24u) + 8u);
        const auto read = read_stun_answer(*reply);
        REQUIRE(read.has_value());
        CHECK(read->id == id);
        CHECK(read->error == 0);
        CHECK(read->mapped == from);
    }
    CHECK(server.counts().answered == 2);
}

TEST_CASE("stun server: a fingerprint for who sends one", "[nat]") {
    stun_responder server(1);
    const auto reply = server.handle(plain_request(), v4, start);
    REQUIRE(reply.has_value());
    CHECK(reply->size() == stun_header_bytes + 12);
    CHECK(read_stun_answer(*reply)->mapped == v4);
}

TEST_CASE("stun server: what it cannot do it says", "[nat]") {
    stun_responder server(1);
    const auto reply = server.handle(encode_stun_request({id, true, false}), v4, start);
    REQUIRE(reply.has_value());
    CHECK(read_stun_answer(*reply)->error == 420);
    // UNKNOWN-ATTRIBUTES names CHANGE-REQUEST.
    CHECK(to_hex(bytes_view(*reply).subspan(28, 8)) == "000a000200030000");
    CHECK(server.counts().refused == 1);

    byte_buffer many = plain_request();
    for (std::uint8_t i = 0; i < 20; ++i)
        many.insert(many.end(), {0x70, i, 0, 0});
    many[3] = static_cast<std::uint8_t>(many.size() - stun_header_bytes);
    const auto bounded = server.handle(many, v4, start);
    REQUIRE(bounded.has_value());
    CHECK(bounded->size() <= many.size());
    CHECK(bounded->size() <= 48);
}

TEST_CASE("stun server: what is no Binding request gets nothing", "[nat]") {
    stun_responder server(1);
    const byte_buffer good = encode_stun_request({id, false, false});
    const auto reply = server.handle(good, v4, start);
    CHECK_FALSE(server.handle(*reply, v4, start).has_value());  // else two servers talk for ever
    for (std::size_t size = 0; size < good.size(); ++size)
        CHECK_FALSE(server.handle(bytes_view(good).first(size), v4, start).has_value());
    for (std::size_t i = 0; i < good.size(); ++i) {
        // Without its type the fingerprint is something else, that need not be understood.
        if (i == stun_header_bytes || i == stun_header_bytes + 1) continue;
        byte_buffer changed = good;
        changed[i] ^= 1;
        CHECK_FALSE(server.handle(changed, v4, start).has_value());
    }
    byte_buffer allocate = plain_request();
    allocate[1] = 3;  // a method of TURN
    CHECK_FALSE(server.handle(allocate, v4, start).has_value());
    const ip_endpoint nowhere = ip_endpoint::v4({192, 0, 2, 1}, 0);
    CHECK_FALSE(server.handle(good, nowhere, start).has_value());
    CHECK(server.counts().answered == 1);
}

TEST_CASE("stun server: so much of one network, so much of all", "[nat]") {
    const byte_buffer good = encode_stun_request({id, false, false});
    responder_limits limits;
    limits.source_per_second = 1;
    limits.source_burst = 3;
    limits.all_per_second = 1;
    limits.all_burst = 5;
    stun_responder server(7, limits);
    ip_endpoint other = v6;
    other.address[15] ^= 1;  // the same /64
    unsigned answered = 0;
    for (int i = 0; i < 4; ++i)
        for (const auto& from : {v6, other})
            answered += server.handle(good, from, start).has_value() ? 1u : 0u;
    CHECK(answered == 3);
    for (std::uint8_t i = 0; i < 10; ++i)
        answered += server.handle(good, ip_endpoint::v4({192, 0, 2, i}, 1), start).has_value();
    CHECK(answered == 5);
    CHECK(server.handle(good, v6, start + 1s).has_value());
    CHECK(server.counts().limited == 13);
}
