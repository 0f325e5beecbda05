// SPDX-License-Identifier: Apache-2.0
#include "identity/secret_key.hpp"
#include "reach/way_watch.hpp"
#include "support/catch.hpp"

using namespace meshhost;
using namespace meshhost::reach;
using transport::path_kind;
using transport::peer_way;
using transport::way_end;

namespace {

const way_end address = ip_endpoint::v4({192, 0, 2, 1}, 7);

peer_way way_by(path_kind kind, std::size_t unanswered) {
    peer_way way;
    way.is_dialled = true;
    way.path.kind = kind;
    way.probes_unanswered = unanswered;
    if (kind == path_kind::relayed)
        way.path.relay = "a";
    else
        way.path.remote = std::get<ip_endpoint>(address);
    return way;
}

std::vector<way_end> silent_of(const std::vector<peer_way>& ways) {
    const auto seen = look_at(ways, {});
    return seen.empty() ? std::vector<way_end>() : seen.begin()->second.silent;
}

/// Empty: there is none.
std::string relay_after(const std::vector<relay_choice>& known, const way_end& silent) {
    const auto next = next_relay(known, silent);
    return next ? next->url : std::string();
}

}  // namespace

TEST_CASE("ways: what answers none of three questions is silent, each end once", "[reach]") {
    const auto direct = way_by(path_kind::direct, silent_after);
    const auto relayed = way_by(path_kind::relayed, silent_after);
    CHECK(silent_of({direct, direct, relayed}).size() == 2);
    CHECK(silent_of({direct}) == std::vector{address});
    CHECK(silent_of({relayed}) == std::vector<way_end>{"a"});
    CHECK(silent_of({way_by(path_kind::direct, silent_after - 1)}).empty());
    auto theirs = direct;
    theirs.is_dialled = false;  // not ours to move
    CHECK(silent_of({theirs}).empty());
    auto pinned = relayed;
    pinned.is_pinned = true;
    CHECK(look_at({pinned}, {}).empty());
}

TEST_CASE("ways: a silent one is left for a relay that is up", "[reach]") {
    CHECK(relay_after({{"a", false}, {"b", true}}, address) == "b");
    CHECK(relay_after({{"a", true}, {"b", true}}, address) == "a");
    CHECK(relay_after({{"a", false}, {"b", false}}, address) == "a");
    CHECK(relay_after({}, address) == "");
}

TEST_CASE("ways: of relays the next one follows, and never the same", "[reach]") {
    const std::vector<relay_choice> all{{"a", false}, {"b", false}, {"c", false}};
    CHECK(relay_after(all, way_end("a")) == "b");
    CHECK(relay_after(all, way_end("b")) == "c");
    CHECK(relay_after(all, way_end("c")) == "a");
    CHECK(relay_after({{"a", true}, {"b", false}, {"c", true}}, way_end("a")) == "c");
    CHECK(relay_after({{"a", true}, {"b", true}, {"c", true}}, way_end("b")) == "c");
    CHECK(relay_after({{"a", true}}, way_end("a")) == "");
    CHECK(relay_after({{"b", false}}, way_end("elsewhere")) == "b");
}
