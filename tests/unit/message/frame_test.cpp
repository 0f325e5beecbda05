// SPDX-License-Identifier: Apache-2.0
// mesh/message/1 on the wire: the vectors of docs/wire/plugin.md, and bytes that are no frame.
#include "message/frame.hpp"
#include "message/proof.hpp"
#include "support/catch.hpp"

#include <string>

using namespace meshhost;
using namespace meshhost::message;

namespace {

/// Behind the length.
bytes_view content(const byte_buffer& frame) {
    return bytes_view(frame).subspan(4);
}

byte_buffer asked(std::string_view port, duration timeout, std::string_view body) {
    return encode(port, timeout, std::nullopt, as_bytes(body));
}

identity::endpoint_id id_of(const char* hex) {
    return identity::endpoint_id::parse(hex).value();
}

}  // namespace

TEST_CASE("message: the vectors of the description", "[message]") {
    CHECK(to_hex(asked("jobs", 5s, "hi")) == "0000000d010000138800046a6f62736869");
    CHECK(to_hex(encode(-9, as_bytes("no"))) == "0000000701fffffff76e6f");
    const auto proof = make_proof(
        as_bytes("secret"),
        id_of("8a88e3dd7409f195fd52db2d3cba5d72ca6709bf1d94121bf3748801b40f6f5c"),
        id_of("8139770ea87d175f56a35466c34c7ecccb8d8a91b4ee37a25df60f5b8fc9b394")
    );
    REQUIRE(proof);
    CHECK(to_hex(*proof) == "850391b42c81169fee6b215e7b40f253f52f20cbd01630f09b8483aa4ce5c284");
}

TEST_CASE("message: what is asked comes back as it was", "[message]") {
    proof secret{};
    secret.fill(7);
    const auto read =
        decode_asked(content(encode("compute.run/2", 1500ms, secret, as_bytes("body"))));
    REQUIRE(read);
    CHECK(read->port == "compute.run/2");
    CHECK(read->timeout == 1500ms);
    CHECK(read->secret == secret);
    CHECK(as_text(read->body) == "body");
    const auto notice = decode_asked(content(asked("a", 0s, "")));
    REQUIRE(notice);
    CHECK(notice->timeout == 0s);
    CHECK(notice->body.empty());
}

TEST_CASE("message: a wait of less than a millisecond is one", "[message]") {
    const auto read = decode_asked(content(asked("a", 1us, "")));
    REQUIRE(read);
    CHECK(read->timeout == 1ms);
}

TEST_CASE("message: an answer comes back as it was", "[message]") {
    const auto read = decode_answer(content(encode(-10007, as_bytes("why"))));
    REQUIRE(read);
    CHECK(read->status == -10007);
    CHECK(as_text(read->body) == "why");
}

TEST_CASE("message: no frames", "[message]") {
    const auto whole = content(asked("jobs", 5s, ""));
    for (std::size_t size = 0; size < whole.size(); ++size)
        CHECK_FALSE(decode_asked(whole.first(size)));
    for (const char* hex :
         {"020000138800046a6f6273",  // another layout
          "010000138802046a6f6273",  // two proofs
          "01000013880000",          // no port
          "0100001388000420202020",  // a port of spaces
          "010036ee810001612e"})     // longer than an hour
        CHECK_FALSE(decode_asked(*from_hex(hex)));
    CHECK_FALSE(decode_answer(*from_hex("01000000")));
    CHECK_FALSE(decode_answer(*from_hex("0200000000")));
}

TEST_CASE("message: names of ports", "[message]") {
    for (const char* name : {"a", "compute.run", "A-1_b/c", "9"})
        CHECK(is_port_name(name));
    for (const char* name : {"", "a b", "a*", "#", "\xc3\xa4", "a:b"})
        CHECK_FALSE(is_port_name(name));
    CHECK(is_port_name(std::string(port_size_max, 'x')));
    CHECK_FALSE(is_port_name(std::string(port_size_max + 1, 'x')));
}

TEST_CASE("message: a frame is put together from pieces", "[message]") {
    const auto frame = asked("jobs", 5s, "hello");
    for (std::size_t step = 1; step <= frame.size(); ++step) {
        frame_reader reader;
        auto state = frame_reader::state::reading;
        for (std::size_t at = 0; at < frame.size(); at += step) {
            bytes_view part = bytes_view(frame).subspan(at, std::min(step, frame.size() - at));
            state = reader.take(part);
            CHECK(part.empty());
        }
        CHECK(state == frame_reader::state::whole);
        CHECK(std::ranges::equal(reader.frame(), content(frame)));
    }
}

TEST_CASE("message: a length that no frame has is not waited for", "[message]") {
    for (const char* hex : {"00000000", "00010081", "ffffffff"}) {
        const auto bytes = *from_hex(hex);
        bytes_view data(bytes);
        frame_reader reader;
        CHECK(reader.take(data) == frame_reader::state::broken);
    }
}
