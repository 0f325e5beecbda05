// SPDX-License-Identifier: Apache-2.0
// Which message shapes the tree.
#include "gossip/proto/tree_shaper.hpp"
#include "support/catch.hpp"

using namespace meshhost;
using gossip::proto::tree_shaper;

namespace {

constexpr duration window = 100ms;

identity::content_hash id(std::uint8_t first) {
    identity::content_hash out;
    out.bytes[0] = first;
    return out;
}

struct vote {
    time_point now{1h};
    tree_shaper shaper{duration{}};

    bool consider(std::uint8_t first) { return shaper.consider(id(first), window, now); }
    bool shapes(std::uint8_t first) const { return shaper.is_shaping(id(first)); }
    /// Elects when the time for it comes.
    void advance(duration span) {
        now += span;
        if (shaper.next_deadline() <= now) shaper.elect(now);
    }
};

}  // namespace

TEST_CASE("tree shaper: a message alone is elected when its window is over", "[gossip][plumtree]") {
    vote of;
    CHECK(of.consider(5));
    CHECK(of.shapes(5));
    CHECK(of.shaper.next_deadline() == of.now + window);
    of.advance(99ms);
    CHECK_FALSE(of.shaper.is_elected());
    of.advance(1ms);
    CHECK(of.shaper.is_elected());
    CHECK(of.shapes(5));  // so that its late copies cut, too
    CHECK(of.shaper.next_deadline() == no_deadline);
}

TEST_CASE("tree shaper: of those near each other the lowest id stands", "[gossip][plumtree]") {
    vote of;
    CHECK(of.consider(5));
    CHECK_FALSE(of.consider(7));
    of.advance(50ms);
    CHECK(of.consider(3));  // and its own window begins
    CHECK_FALSE(of.shapes(5));
    of.advance(50ms);
    CHECK_FALSE(of.shaper.is_elected());
    of.advance(50ms);
    CHECK(of.shaper.is_elected());
    CHECK(of.shapes(3));
}

TEST_CASE(
    "tree shaper: whoever comes before the cuts of the last one are made does not stand",
    "[gossip][plumtree]"
) {
    vote of;
    (void)of.consider(5);
    of.advance(window);
    CHECK_FALSE(of.consider(3));
    CHECK(of.shapes(5));
    of.advance(49ms);
    CHECK_FALSE(of.consider(4));
    of.advance(1ms);
    CHECK_FALSE(of.consider(6));  // 3 was here within a window
    of.advance(50ms);
    CHECK_FALSE(of.consider(6));  // and 4 still is
    of.advance(50ms);
    CHECK(of.consider(5));
}

TEST_CASE("tree shaper: elections are a pause apart", "[gossip][plumtree]") {
    vote of;
    of.shaper = tree_shaper(1s);
    (void)of.consider(5);
    of.advance(window);
    of.advance(899ms);
    CHECK_FALSE(of.consider(5));
    of.advance(1ms);
    CHECK(of.consider(4));
}

TEST_CASE("tree shaper: what is forgotten is not elected", "[gossip][plumtree]") {
    vote of;
    (void)of.consider(5);
    of.shaper.forget();
    CHECK_FALSE(of.shapes(5));
    CHECK(of.shaper.next_deadline() == no_deadline);
    CHECK_FALSE(of.consider(6));  // it was here
    CHECK(of.consider(4));
}

TEST_CASE("tree shaper: ids that somebody chose do not grow it", "[gossip][plumtree]") {
    vote of;
    for (int i = 0; i < 250; ++i)
        CHECK(of.consider(static_cast<std::uint8_t>(i)) == (i == 0));
    CHECK(of.shapes(0));
}
