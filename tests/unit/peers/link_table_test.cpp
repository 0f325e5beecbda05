// SPDX-License-Identifier: Apache-2.0
#include "digest_samples.hpp"
#include "peers/proto/link_table.hpp"
#include "support/catch.hpp"

#include <algorithm>

using namespace meshhost;
using namespace meshhost::peers::proto;

namespace {

const auto some = {test::sample_key(1).id(), test::sample_key(2).id()};
const identity::endpoint_id low = std::min(some);
const identity::endpoint_id high = std::max(some);

digest_link& add(link_table& table, const identity::endpoint_id& peer, bool is_dialled) {
    digest_link& link = table.add(peer);
    if (is_dialled)
        link.dial();
    else
        link.accept({});
    return link;
}

}  // namespace

TEST_CASE("links: of crossing dials both ends keep the lower one's", "[peers][links]") {
    link_table at_low(low, {});
    link_table at_high(high, {});
    digest_link& low_opened = add(at_low, high, true);
    digest_link& low_accepted = add(at_low, high, false);
    digest_link& high_accepted = add(at_high, low, false);  // what the lower one opened
    digest_link& high_opened = add(at_high, low, true);
    CHECK(at_low.superseded(high) == nullptr);  // nobody has said who it is
    low_opened.identified(1);
    CHECK(at_low.superseded(high) == nullptr);
    low_accepted.identified(1);
    CHECK(at_low.superseded(high) == &low_accepted);
    high_accepted.identified(1);
    high_opened.identified(1);
    CHECK(at_high.superseded(low) == &high_opened);
    high_opened.become_closing(close_code::superseded, "");
    CHECK(at_high.superseded(low) == nullptr);
    CHECK(at_high.best(low) == &high_accepted);
}

TEST_CASE("links: one to an earlier life of the peer goes, whoever opened it", "[peers][links]") {
    link_table table(low, {});
    digest_link& old_opened = add(table, high, true);
    old_opened.identified(1);
    digest_link& fresh = add(table, high, false);
    CHECK(table.superseded(high) == nullptr);
    fresh.identified(2);
    CHECK(table.superseded(high) == &old_opened);
}

TEST_CASE("links: the same end's later one stays", "[peers][links]") {
    link_table table(low, {});
    digest_link& first = add(table, high, false);
    digest_link& second = add(table, high, false);
    first.identified(1);
    second.identified(1);
    CHECK(table.superseded(high) == &first);
}

TEST_CASE(
    "links: a third one takes the place of an attempt, not of the link in use",
    "[peers][links]"
) {
    link_table table(low, {});
    digest_link& used = add(table, high, false);
    used.identified(1);
    digest_link& attempt = add(table, high, false);
    add(table, high, false);
    REQUIRE(table.superseded(high) == &attempt);
    attempt.become_closing(close_code::superseded, "");
    CHECK(table.superseded(high) == nullptr);
    CHECK(table.best(high) == &used);
    table.check_invariants();
}

TEST_CASE("links: the table has a limit", "[peers][links]") {
    config options;
    options.links_max = 2;
    link_table table(low, options);
    const auto first = add(table, high, true).id();
    add(table, high, true);
    CHECK(table.is_full());
    table.erase(first);
    CHECK_FALSE(table.is_full());
    CHECK(table.find(first) == nullptr);
    CHECK(add(table, high, true).id() > first);
}
