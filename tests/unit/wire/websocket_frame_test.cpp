// SPDX-License-Identifier: Apache-2.0
#include "base/prng.hpp"
#include "support/catch.hpp"
#include "wire/websocket_frame.hpp"

#include <algorithm>

using namespace meshhost;
using namespace meshhost::wire;

namespace {

constexpr std::size_t limit = 1000;

/// What a reader makes of `stream`, cut into pieces of `step` bytes.
struct reading {
    std::vector<std::pair<websocket_opcode, std::string>> messages;
    websocket_fault fault = websocket_fault::none;
    std::size_t held_max = 0;
    std::size_t held = 0;
};

reading read_all(byte_buffer stream, std::size_t step, websocket_end end) {
    reading out;
    websocket_reader reader(end, limit);
    for (std::size_t at = 0; at < stream.size(); at += step) {
        reader.feed(std::span(stream).subspan(at, std::min(step, stream.size() - at)));
        while (const auto message = reader.poll())
            out.messages.emplace_back(message->opcode, as_text(message->data));
        out.held_max = std::max(out.held_max, reader.held());
    }
    out.fault = reader.fault();
    out.held = reader.held();
    return out;
}

reading read_hex(std::string_view hex, websocket_end end) {
    auto bytes = from_hex(hex);
    REQUIRE(bytes);
    return read_all(*bytes, bytes->size(), end);
}

}  // namespace

TEST_CASE("websocket: the examples of RFC 6455 section 5.7", "[wire][websocket]") {
    const auto plain = read_hex("810548656c6c6f", websocket_end::client);
    REQUIRE(plain.messages.size() == 1);
    CHECK(plain.messages[0] == std::pair(websocket_opcode::text, std::string("Hello")));
    const auto masked = read_hex("818537fa213d7f9f4d5158", websocket_end::server);
    REQUIRE(masked.messages.size() == 1);
    CHECK(masked.messages[0].second == "Hello");
    const auto fragments = read_hex("010348656c80026c6f", websocket_end::client);
    REQUIRE(fragments.messages.size() == 1);
    CHECK(fragments.messages[0].second == "Hello");
    const auto ping = read_hex("890548656c6c6f", websocket_end::client);
    CHECK(ping.messages.at(0).first == websocket_opcode::ping);
}

TEST_CASE("websocket: a control frame may come between fragments", "[wire][websocket]") {
    const auto read = read_hex(
        "010348656c8901618002"
        "6c6f",
        websocket_end::client
    );
    REQUIRE(read.messages.size() == 2);
    CHECK(read.messages[0] == std::pair(websocket_opcode::ping, std::string("a")));
    CHECK(read.messages[1].second == "Hello");
}

TEST_CASE("websocket: what is written is read, however it is cut", "[wire][websocket]") {
    byte_buffer stream;
    std::vector<std::string> sent;
    prng random(7);
    for (const std::size_t size : {0, 1, 7, 8, 9, 125, 126, 127, 500, 1000}) {
        std::string text(size, ' ');
        for (char& each : text)
            each = static_cast<char>(random.below(256));
        const bytes_view bytes = as_bytes(text);
        append_websocket_frame(
            stream,
            websocket_opcode::binary,
            {bytes.first(size / 2), bytes.subspan(size / 2)},
            websocket_mask{1, 2, 3, static_cast<std::uint8_t>(size)}
        );
        sent.push_back(text);
    }
    for (const std::size_t step : {1UL, 2UL, 13UL, 64UL, 1024UL, stream.size()}) {
        const auto read = read_all(stream, step, websocket_end::server);
        CHECK(read.fault == websocket_fault::none);
        CHECK(read.held == 0);
        CHECK(read.held_max <= limit + 139);
        REQUIRE(read.messages.size() == sent.size());
        for (std::size_t i = 0; i < sent.size(); ++i)
            CHECK(read.messages[i].second == sent[i]);
    }
}

TEST_CASE("websocket: a long message has its length in eight bytes", "[wire][websocket]") {
    byte_buffer stream;
    const byte_buffer content(70'000, 0x2a);
    append_websocket_frame(stream, websocket_opcode::binary, {content});
    CHECK(to_hex(bytes_view(stream).first(10)) == "827f0000000000011170");
    websocket_reader reader(websocket_end::client, 1u << 20);
    reader.feed(stream);
    const auto message = reader.poll();
    REQUIRE(message);
    CHECK(std::ranges::equal(message->data, content));
}

TEST_CASE("websocket: what RFC 6455 forbids is a fault, once and for all", "[wire][websocket]") {
    struct {
        const char* what;
        const char* hex;
        websocket_end end;
        websocket_fault fault;
    } const wrong[] = {
        {"a reserved bit", "c100", websocket_end::client, websocket_fault::reserved},
        {"a reserved opcode", "8300", websocket_end::client, websocket_fault::reserved},
        {"a masked server", "818000000000", websocket_end::client, websocket_fault::masking},
        {"a client without mask", "8100", websocket_end::server, websocket_fault::masking},
        {"a short length in two bytes", "827e007d", websocket_end::client, websocket_fault::length},
        {"a short length in eight bytes",
         "827f000000000000ffff",
         websocket_end::client,
         websocket_fault::length},
        {"a long ping", "897e007e", websocket_end::client, websocket_fault::control},
        {"half a ping", "0900", websocket_end::client, websocket_fault::control},
        {"a continuation of nothing",
         "8000",
         websocket_end::client,
         websocket_fault::fragmentation},
        {"a message in another", "02018282", websocket_end::client, websocket_fault::none},
        {"too much", "827e03e9", websocket_end::client, websocket_fault::too_long},
        {"far too much", "827f7fffffffffffffff", websocket_end::client, websocket_fault::too_long},
    };
    for (const auto& each : wrong) {
        INFO(each.what);
        CHECK(read_hex(each.hex, each.end).fault == each.fault);
        const auto cut = read_all(*from_hex(each.hex), 1, each.end);
        CHECK(cut.fault == each.fault);
        CHECK(cut.messages.empty());
    }
    CHECK(read_hex("0201aa0201bb", websocket_end::client).fault == websocket_fault::fragmentation);
    // 600 and 401 bytes: each is allowed, the message is not.
    byte_buffer long_message{0x02, 0x7e, 0x02, 0x58};
    long_message.resize(4 + 600);
    for (const int byte : {0x80, 0x7e, 0x01, 0x91})
        long_message.push_back(static_cast<std::uint8_t>(byte));
    CHECK(read_all(long_message, 5000, websocket_end::client).fault == websocket_fault::too_long);
}

TEST_CASE("websocket: nothing is kept between messages", "[wire][websocket]") {
    byte_buffer stream;
    append_websocket_frame(stream, websocket_opcode::binary, {byte_buffer(60'000)});
    websocket_reader reader(websocket_end::client, 1u << 16);
    reader.feed(std::span(stream).first(50'000));
    CHECK_FALSE(reader.poll());
    CHECK(reader.held() == 50'000);
    reader.feed(std::span(stream).subspan(50'000));
    CHECK(reader.poll());
    CHECK_FALSE(reader.poll());
    CHECK(reader.held() == 0);
    CHECK(reader.capacity() <= 4096);
}
