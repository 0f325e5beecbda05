// SPDX-License-Identifier: Apache-2.0
#include "quic/replay_window.hpp"
#include "support/catch.hpp"

using namespace meshhost;
using meshhost::quic::replay_window;

namespace {

constexpr std::time_t length = replay_window::length.count();

byte_buffer hello(std::size_t number) {
    return {static_cast<std::uint8_t>(number), static_cast<std::uint8_t>(number >> 8)};
}

}  // namespace

TEST_CASE("quic: a hello is new once, as long as it would be taken", "[replay_window]") {
    replay_window window;
    const std::time_t now = 1'000'000;
    CHECK(window.insert(now + length, hello(1)));
    CHECK_FALSE(window.insert(now + length, hello(1)));
    CHECK(window.insert(now + length, hello(2)));
    CHECK_FALSE(window.insert(now + length + length, hello(1)));
    // Past its window it is too old for GnuTLS to take, and forgotten here.
    CHECK(window.insert(now + length + length + 1, hello(3)));
    CHECK(window.size() == 1);
}

TEST_CASE("quic: a full replay window refuses, and has room again in time", "[replay_window]") {
    replay_window window;
    const std::time_t now = 1'000'000;
    for (std::size_t i = 0; i < replay_window::entries_max; ++i)
        REQUIRE(window.insert(now + length, hello(i)));
    CHECK_FALSE(window.insert(now + length, hello(replay_window::entries_max)));
    CHECK(window.insert(now + 2 * length + 1, hello(replay_window::entries_max)));
    CHECK(window.size() == 1);
}
