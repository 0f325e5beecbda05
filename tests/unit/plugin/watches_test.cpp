// SPDX-License-Identifier: Apache-2.0
#include "plugin/proto/digest_watches.hpp"
#include "plugin/proto/peer_watches.hpp"
#include "plugin_bench.hpp"
#include "support/catch.hpp"

#include <string>
#include <vector>

using namespace meshhost;
using namespace meshhost::plugin::proto;
using test::peer;
using test::peer_id;
using test::snapshot;

namespace {

/// What a watch says, as "<peer> <kind> <roles> <reason>".
std::vector<std::string> drain(peer_watches& watches) {
    static constexpr const char* kinds[] = {"?", "up", "down", "changed", "draining", "suspect"};
    std::vector<std::string> all;
    while (const auto event = watches.poll()) {
        int number = 0;
        while (peer_id(static_cast<std::uint8_t>(number)) != event->id)
            ++number;
        all.push_back(
            std::to_string(number) + " " + kinds[static_cast<int>(event->kind)] + " "
            + event->peer->roles + (event->reason.empty() ? "" : " (" + event->reason + ")")
        );
    }
    return all;
}

std::vector<std::string> drain(digest_watches& watches) {
    std::vector<std::string> all;
    while (const auto event = watches.poll()) {
        const auto& item = *event->item;
        const std::string value =
            event->cleared ? "cleared" : std::to_string(std::get<std::int64_t>(item.value));
        all.push_back(item.role + "." + item.key + " " + value);
    }
    return all;
}

using lines = std::vector<std::string>;

peer_view with(std::vector<peers::proto::contribution> values) {
    peer_view view = peer("compute");
    view.contributions = std::move(values);
    view.digest_sequence = 9;
    return view;
}

peers::proto::contribution number(std::string role, std::string key, std::int64_t value) {
    return {std::move(role), std::move(key), "", value};
}

}  // namespace

TEST_CASE("peer watch: known peers are announced, then only what changes", "[plugin][watch]") {
    peer_watches watches;
    watches.apply(snapshot({{1, peer("compute")}, {2, peer("broker")}}));
    const handle h = watches.watch("", 5);
    REQUIRE(h != 0);
    CHECK(drain(watches).size() == 2);
    watches.apply(snapshot({{1, peer("compute")}, {2, peer("broker")}}));
    CHECK(drain(watches).empty());
    watches.apply(snapshot({{1, peer("compute")}, {2, peer("broker,bridge")}, {3, peer("")}}));
    CHECK(drain(watches) == lines{"2 changed broker,bridge", "3 up "});
}

TEST_CASE("peer watch: a round-trip time is not news", "[plugin][watch]") {
    peer_watches watches;
    watches.watch("", 5);
    watches.apply(snapshot({{1, peer("compute")}}));
    drain(watches);
    auto later = peer("compute");
    later.rtt = 7ms;
    watches.apply(snapshot({{1, later}}));
    CHECK(drain(watches).empty());
    later.path = peer_path::relayed;
    watches.apply(snapshot({{1, later}}));
    CHECK(drain(watches) == lines{"1 changed compute"});
}

TEST_CASE("peer watch: presence is told in words of its own", "[plugin][watch]") {
    peer_watches watches;
    watches.watch("", 5);
    auto view = peer("compute");
    const auto tell = [&](peer_presence presence, const char* reason) {
        view.presence = presence;
        view.reason = reason;
        watches.apply(snapshot({{1, view}}));
        return drain(watches);
    };
    CHECK(tell(peer_presence::up, "") == lines{"1 up compute"});
    CHECK(tell(peer_presence::suspect, "silent") == lines{"1 suspect compute (silent)"});
    CHECK(tell(peer_presence::draining, "") == lines{"1 draining compute"});
    CHECK(tell(peer_presence::down, "idle timeout") == lines{"1 down compute (idle timeout)"});
    CHECK(tell(peer_presence::down, "still").empty());
    CHECK(tell(peer_presence::up, "") == lines{"1 up compute"});
    watches.apply(snapshot({}));
    CHECK(drain(watches) == lines{"1 down compute (forgotten)"});
}

TEST_CASE("peer watch: a filter sees a role come and go", "[plugin][watch]") {
    peer_watches watches;
    watches.watch("broker", 5);
    watches.apply(snapshot({{1, peer("compute")}, {2, peer("brokerage")}}));
    CHECK(drain(watches).empty());
    watches.apply(snapshot({{1, peer("compute,broker")}}));
    CHECK(drain(watches) == lines{"1 up compute,broker"});
    watches.apply(snapshot({{1, peer("compute")}}));
    CHECK(drain(watches) == lines{"1 down compute,broker (it no longer has the role)"});
}

TEST_CASE("peer watch: nothing comes after unwatch", "[plugin][watch]") {
    peer_watches watches;
    watches.apply(snapshot({{1, peer("compute")}}));
    const handle h = watches.watch("", 5);
    CHECK(watches.has_events());
    CHECK(watches.unwatch(h));
    CHECK(drain(watches).empty());
    CHECK_FALSE(watches.unwatch(h));
    for (std::size_t i = 0; i < watches_max; ++i)
        CHECK(watches.watch("", i) != 0);
    CHECK(watches.watch("", 0) == 0);
}

TEST_CASE("digest watch: known values are announced, then only what changes", "[plugin][watch]") {
    digest_watches watches;
    watches.apply(snapshot({{1, with({number("compute", "jobs", 1), number("compute", "load", 2)})}}
    ));
    const handle h = watches.watch("compute", "*", 5);
    CHECK(drain(watches) == lines{"compute.jobs 1", "compute.load 2"});
    watches.apply(snapshot({{1, with({number("compute", "jobs", 1), number("compute", "load", 3)})}}
    ));
    CHECK(drain(watches) == lines{"compute.load 3"});
    watches.apply(snapshot({{1, with({number("compute", "load", 3)})}}));
    CHECK(drain(watches) == lines{"compute.jobs cleared"});
    watches.apply(snapshot({}));
    CHECK(drain(watches) == lines{"compute.load cleared"});
    CHECK(watches.unwatch(h));
}

TEST_CASE("digest watch: role and glob choose", "[plugin][watch]") {
    const auto values = snapshot(
        {{1,
          with(
              {number("broker", "queue.in", 1),
               number("broker", "queue.out", 2),
               number("compute", "queue.in", 3)}
          )}}
    );
    const auto chosen = [&](const char* role, const char* glob) {
        digest_watches watches;
        watches.watch(role, glob, 5);
        watches.apply(values);
        return drain(watches);
    };
    CHECK(chosen("broker", "queue.*").size() == 2);
    CHECK(chosen("", "queue.in").size() == 2);
    CHECK(chosen("broker", "queue.??") == lines{"broker.queue.in 1"});
    CHECK(chosen("broker", "in").empty());
}

TEST_CASE("digest watch: the values of a peer that is down are gone", "[plugin][watch]") {
    digest_watches watches;
    watches.watch("", "*", 5);
    auto view = with({number("compute", "jobs", 1)});
    watches.apply(snapshot({{1, view}}));
    CHECK(drain(watches) == lines{"compute.jobs 1"});
    view.presence = peer_presence::down;
    watches.apply(snapshot({{1, view}}));
    CHECK(drain(watches) == lines{"compute.jobs cleared"});
}
