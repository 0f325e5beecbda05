// SPDX-License-Identifier: Apache-2.0
#include "identity/sodium.hpp"
#include "support/catch.hpp"

#include <algorithm>
#include <array>
#include <memory>
#include <new>
#include <string>

using namespace meshhost;

using secret = identity::wiped<std::array<std::uint8_t, 32>>;

TEST_CASE("identity: a secret is nowhere but where it was moved to", "[identity]") {
    secret first;
    first.value.fill(7);
    secret second(std::move(first));
    CHECK(first.value == secret().value);  // NOLINT(bugprone-use-after-move): that is the question
    CHECK(second.value.front() == 7);
    secret third;
    third = std::move(second);
    CHECK(second.value == secret().value);  // NOLINT(bugprone-use-after-move)
    CHECK(third.value.back() == 7);
}

TEST_CASE("identity: a secret that goes leaves nothing behind", "[identity]") {
    alignas(secret) std::array<unsigned char, sizeof(secret)> room{};
    auto* const held = new (room.data()) secret;
    held->value.fill(7);
    std::destroy_at(held);
    CHECK(std::count(room.begin(), room.end(), 0) == sizeof(secret));

    std::string text = "secret";
    {
        const identity::wiped_at_end wiping(text);
        CHECK(text == "secret");
    }
    CHECK(text == std::string(6, '\0'));
}
