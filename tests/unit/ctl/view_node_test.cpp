// SPDX-License-Identifier: Apache-2.0
#include "ctl/budget_use.hpp"
#include "ctl/known_nodes.hpp"
#include "ctl/views.hpp"
#include "ctl_fixture.hpp"

using namespace meshhost;
using test::json;
using test::screen;

namespace {

constexpr const char* meters = R"({"usage":{"cpu_millicores":110,"rss_bytes":33554432,"fds":30,
    "threads":4},"budget":{"cpu_millicores":250,"memory_bytes":67108864,"source":"cgroup"},
    "gossip":{"eager":2,"lazy":1,"passive":9,"delivered":120,"duplicates":3},
    "plugins":[{"instance":"compute","role":"compute","state":"running"}]})";

constexpr const char* peer = R"({"id":"aaaaaaaaaaaaaaaaaaaa","name":"compute-05","version":"0.1.0",
    "state":"stale","since_ms":6000,"evidence":"2 of 4 neighbours lost it 6 s ago","tier":"leaf",
    "roles":["compute"],"incarnation":3,"sequence":41,"uptime_ms":60000,"last_seen_ms":900,
    "addresses":["127.0.0.1:4433"],"path":{"kind":"direct","remote":"127.0.0.1:4433",
    "reason":"same_host","rtt_us":212},"neighbors":{"count":2,"ids":["bbbbbbbbbbbbbbbb",
    "cccccccccccccccc"]},"lease_ms":9000,"contributions":[]})";

}  // namespace

TEST_CASE("ctl: a node is what is known of it and what it says", "[ctl]") {
    const screen here;
    const auto text = ctl::node_text(
        json(std::string(R"({"peer":)") + peer + R"(,"live":)" + meters + R"(,"live_error":null})"),
        here.console
    );
    CHECK(
        text
        == "node      compute-05 - aaaaaaaaaaaaaaaaaaaa\n"
           "is        leaf - compute - meshhost 0.1.0\n"
           "state     stale for 6 s: 2 of 4 neighbours lost it 6 s ago\n"
           "path      direct 0.21 ms - 127.0.0.1:4433 - same_host\n"
           "presence  up 1m 00s - seen 900 ms ago - good for 9 s without a newer record - "
           "incarnation 3, record 41\n"
           "neighbors 2: bbbbbbbbbb, cccccccccc\n"
           "addresses 127.0.0.1:4433\n"
           "budget    CPU 110 m of 250 m (44 %) - RAM 32.0 MiB of 64.0 MiB (50 %)\n"
           "process   4 threads, 30 descriptors\n"
           "gossip    2 eager, 1 lazy, 9 in reserve - 120 delivered, 3 duplicates\n"
           "plugins   compute running\n"
    );
}

TEST_CASE("ctl: a node that cannot be asked says why", "[ctl]") {
    const screen here;
    const auto text = ctl::node_text(
        json(
            std::string(R"({"peer":)") + peer
            + R"(,"live":null,"live_error":{"code":"E_UNREACHABLE","message":"it is dead"}})"
        ),
        here.console
    );
    CHECK(text.ends_with("live      cannot be asked: it is dead\n"));
    CHECK_NOTHROW(ctl::node_text({}, here.console));
}

TEST_CASE("ctl: what is used is told beside what may be", "[ctl]") {
    const screen here;
    CHECK(
        ctl::budget_use_text(json(R"({"usage":{"rss_bytes":1048576}})"), here.console)
        == "CPU not measured - RAM 1.0 MiB, no limit declared"
    );
    CHECK(
        ctl::budget_use_text(
            json(R"({"usage":{"cpu_millicores":295,"rss_bytes":2097152},
                "budget":{"cpu_millicores":250,"memory_bytes":1048576}})"),
            here.console
        )
        == "CPU 295 m of 250 m (118 %) - RAM 2.0 MiB of 1.0 MiB (200 %)"
    );
}

TEST_CASE("ctl: a status is completed with what the host uses", "[ctl]") {
    auto status = json(R"({"self":{"name":"a"},"warnings":["b is dead"]})");
    ctl::add_budget_use(
        status,
        json(R"({"usage":{"cpu_millicores":295},"budget":{"cpu_millicores":250}})")
    );
    CHECK(status["self"].at("usage").at("cpu_millicores") == 295);
    const screen here;
    const auto text = ctl::status_text(status, here.console);
    CHECK(text.find("budget    CPU 295 m of 250 m (118 %)") != std::string::npos);
    CHECK(text.ends_with("warnings  ! b is dead\n"));
    boost::json::object other;  // of another version
    ctl::add_budget_use(other, {});
    CHECK(other.empty());
}

TEST_CASE("ctl: a node is picked from a host's status, the host included", "[ctl]") {
    const auto status = json(R"({"self":{"id":"aaaa1","name":"me","roles":["compute"]},
        "peers":[{"id":"bbbb1","name":"other","roles":["compute"]},7]})");
    CHECK(ctl::pick_node("me", status)->is_self);
    CHECK_FALSE(ctl::pick_node("other", status)->is_self);
    CHECK(ctl::pick_node("compute/2", status)->node.id == "bbbb1");
    const auto nobody = ctl::pick_node("x\x1b", status);
    REQUIRE(nobody.has_error());
    CHECK(nobody.error().code == "E_PEER_UNKNOWN");
    CHECK(nobody.error().message == "no node is known as \"x?\"");
}
