// SPDX-License-Identifier: Apache-2.0
// prng: simulations are named by their seed, so the sequence may never change.
#include "base/prng.hpp"
#include "support/catch.hpp"

#include <array>

using meshhost::prng;

TEST_CASE("prng: the sequence of a seed is that of xoshiro256** after splitmix64", "[base]") {
    struct {
        std::uint64_t seed;
        std::array<std::uint64_t, 4> first;
    } const golden[] = {
        {0, {0x99ec5f36cb75f2b4, 0xbf6e1f784956452a, 0x1a5f849d4933e6e0, 0x6aa594f1262d2d2c}},
        {1, {0xb3f2af6d0fc710c5, 0x853b559647364cea, 0x92f89756082a4514, 0x642e1c7bc266a3a7}},
        {0xdeadbeef,
         {0xc5555444a74d7e83, 0x65c30d37b4b16e38, 0x54f773200a4efa23, 0x429aed75fb958af7}},
    };
    for (const auto& sample : golden) {
        prng random(sample.seed);
        for (const std::uint64_t expected : sample.first)
            CHECK(random.next() == expected);
    }
}

TEST_CASE("prng: a copy goes on as the original does", "[base]") {
    prng random(42);
    random.next();
    prng copy = random;
    for (int i = 0; i < 100; ++i)
        CHECK(copy.next() == random.next());
}

TEST_CASE("prng: below() stays below its bound and reaches all of it", "[base]") {
    prng random(3);
    std::array<int, 7> seen{};
    for (int i = 0; i < 7'000; ++i) {
        const std::uint64_t value = random.below(seen.size());
        REQUIRE(value < seen.size());
        ++seen[value];
    }
    for (const int count : seen) {
        CHECK(count > 850);
        CHECK(count < 1'150);
    }
    CHECK(random.below(1) == 0);
}

TEST_CASE("prng: unit() is in [0, 1), and chance() keeps its odds", "[base]") {
    prng random(4);
    double sum = 0;
    int hits = 0;
    for (int i = 0; i < 10'000; ++i) {
        const double value = random.unit();
        REQUIRE(value >= 0);
        REQUIRE(value < 1);
        sum += value;
        hits += random.chance(0.3) ? 1 : 0;
    }
    CHECK(sum / 10'000 == Approx(0.5).margin(0.02));
    CHECK(hits == Approx(3'000).margin(150));
    CHECK_FALSE(random.chance(0));
    CHECK(random.chance(1));
}
