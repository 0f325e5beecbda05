// SPDX-License-Identifier: Apache-2.0
#include "base/prng.hpp"
#include "quic/send_queue.hpp"
#include "support/catch.hpp"

#include <array>

using namespace meshhost;
using meshhost::quic::send_queue;

namespace {

constexpr std::size_t no_limit = SIZE_MAX;

byte_buffer counting(std::size_t size, std::size_t from = 0) {
    byte_buffer bytes(size);
    for (std::size_t i = 0; i < size; ++i)
        bytes[i] = static_cast<std::uint8_t>((from + i) * 7 + ((from + i) >> 8));
    return bytes;
}

/// All unsent bytes, at most `vectors` pieces of them.
byte_buffer unsent(const send_queue& queue, std::size_t vectors = 64) {
    std::vector<ngtcp2_vec> pieces(vectors);
    pieces.resize(queue.unsent(pieces));
    byte_buffer bytes;
    for (const ngtcp2_vec& piece : pieces) {
        CHECK(piece.len > 0);  // ngtcp2 asserts it
        bytes.insert(bytes.end(), piece.base, piece.base + piece.len);
    }
    return bytes;
}

}  // namespace

TEST_CASE("quic: a send queue takes what its limit allows and says how much", "[send_queue]") {
    send_queue queue;
    CHECK(queue.append(counting(1000), 600) == 600);
    CHECK(queue.append(counting(10), 600) == 0);
    CHECK(queue.held_bytes() == 600);
    queue.mark_sent(500);
    CHECK(queue.append(counting(10), 600) == 0);  // sent is not acknowledged
    queue.mark_acknowledged(100);
    CHECK(queue.append(counting(1000), 600) == 100);
    CHECK(queue.append({}, 600) == 0);
}

TEST_CASE("quic: a send queue gives the bytes back in order, across its chunks", "[send_queue]") {
    send_queue queue;
    byte_buffer all;
    for (const std::size_t size : {1u, 511u, 512u, 3u, 70'000u, 1u, 200'000u}) {
        const byte_buffer piece = counting(size, all.size());
        REQUIRE(queue.append(piece, no_limit) == size);
        all.insert(all.end(), piece.begin(), piece.end());
    }
    CHECK(unsent(queue) == all);
    CHECK(queue.unsent_bytes() == all.size());
    queue.mark_sent(600);
    CHECK(unsent(queue) == byte_buffer(all.begin() + 600, all.end()));
    // With fewer vectors than pieces it is the first of them.
    const byte_buffer first = unsent(queue, 1);
    REQUIRE(first.size() < all.size() - 600);
    CHECK(
        first == byte_buffer(all.begin() + 600, all.begin() + 600 + std::ptrdiff_t(first.size()))
    );
}

TEST_CASE("quic: bytes of a send queue stay where they are until acknowledged", "[send_queue]") {
    // ngtcp2 refers to them by address; an acknowledgement may end inside a chunk.
    send_queue queue;
    REQUIRE(queue.append(counting(100), no_limit) == 100);
    std::array<ngtcp2_vec, 1> piece{};
    REQUIRE(queue.unsent(piece) == 1);
    const std::uint8_t* const at = piece[0].base;
    queue.mark_sent(100);
    queue.mark_acknowledged(40);
    REQUIRE(queue.append(counting(100'000, 100), no_limit) == 100'000);
    CHECK(byte_buffer(at, at + 100) == counting(100));
    CHECK(queue.held_bytes() == 100'060);
}

TEST_CASE("quic: any mix of writes, sends and acknowledgements keeps the order", "[send_queue]") {
    const auto seed = GENERATE(range<std::uint64_t>(1, 21));
    CAPTURE(seed);
    prng random(seed);
    send_queue queue;
    std::size_t written = 0;
    std::size_t sent = 0;
    std::size_t acknowledged = 0;
    for (int i = 0; i < 500; ++i) {
        const std::size_t size = random.below(random.chance(0.1) ? 100'000 : 900);
        written += queue.append(counting(size, written), 300'000);
        const std::size_t out = random.below(written - sent + 1);
        const byte_buffer waiting = unsent(queue, 100);
        REQUIRE(waiting == counting(waiting.size(), sent));
        queue.mark_sent(out);
        sent += out;
        const std::size_t back = random.below(sent - acknowledged + 1);
        queue.mark_acknowledged(back);
        acknowledged += back;
        REQUIRE(queue.held_bytes() == written - acknowledged);
        REQUIRE(queue.unsent_bytes() == written - sent);
    }
}

TEST_CASE("quic: what was not sent can be dropped, what was sent stays", "[send_queue]") {
    send_queue queue;
    REQUIRE(queue.append(counting(200'000), no_limit) == 200'000);
    queue.mark_sent(1000);
    queue.drop_unsent();
    CHECK(queue.unsent_bytes() == 0);
    CHECK(queue.held_bytes() == 1000);
    CHECK(unsent(queue).empty());
    queue.mark_acknowledged(400);
    queue.mark_acknowledged(600);
    CHECK(queue.held_bytes() == 0);
    queue.drop_unsent();
    CHECK(queue.held_bytes() == 0);
}

TEST_CASE("quic: a rewound send queue sends all of it again", "[send_queue]") {
    send_queue queue;
    REQUIRE(queue.append(counting(5000), no_limit) == 5000);
    queue.mark_sent(3000);
    queue.rewind();
    CHECK(unsent(queue) == counting(5000));
}
