// SPDX-License-Identifier: Apache-2.0
// Leaks that are planted in a running host are found and named: by the rule, and by the room.
#include "app/auditor.hpp"
#include "audited_host.hpp"
#include "live_gossip.hpp"
#include "net/deadline_timer.hpp"

#include <fcntl.h>

using namespace meshhost;
using namespace meshhost::test;

namespace {

struct deaf_timer final : net::deadline_sink {
    void on_deadline(time_point) override {}
};

struct deaf_stream final : transport::stream_handler {
    void on_data(transport::stream&, bytes_view, bool) override {}
    void on_closed(transport::stream&, transport::stream_end, std::uint64_t) override {}
};

struct deaf_connection final : transport::connection_handler {
    void on_stream(transport::connection&, std::shared_ptr<transport::stream>) override {}
};

/// Two hosts that know each other and are neighbours; the first is looked at.
struct pair {
    audited_host hub;
    net::shard beyond;
    loopback_host other{beyond, {.seed = 2, .hears_gossip = true, .named = {hub.host.address()}}};

    pair() {
        REQUIRE(run_until_both(hub.shard, beyond, [&] {
            return hub.host.sees(other.endpoint->id()) == "alive"
                   && hub.host.service->measure().neighbors == 1 && hub.findings().empty();
        }));
    }

    /// The one thing that is wrong, which is still so later.
    app::audit_finding only_discrepancy() {
        app::audit_history history;
        const auto now = hub.shard.now();
        const auto look = [&](time_point at) {
            return history.judge(app::audit(app::facts_of(hub.parts(), {}, now)), at);
        };
        look(now);
        const auto report = look(now + app::audit_history::audit_grace);
        REQUIRE(report.discrepancies.size() == 1);
        return report.discrepancies.front();
    }

    /// The hub's connection over this protocol, as its user has it.
    transport::connection& connection(std::string_view alpn) const {
        for (const auto& each : hub.host.endpoint->held())
            if (each.alpn == alpn) return const_cast<transport::connection&>(*each.handle);
        throw std::logic_error("not connected");
    }
};

}  // namespace

TEST_CASE("leaks: a sound pair of hosts has no findings", "[leak]") {
    const pair both;
    CHECK(both.hub.words() == std::vector<std::string>{});
}

TEST_CASE("leaks: a connection that its room has forgotten", "[leak]") {
    pair both;
    const auto leaked = both.hub.host.endpoint->connect(
        both.other.address(),
        peers::digest_alpn,
        std::make_shared<deaf_connection>()
    );
    const auto found = both.only_discrepancy();
    CHECK(found.rule == "connections.owned");
    CHECK(found.owner == "peers");
    CHECK_THAT(found.words, Catch::Contains(both.other.endpoint->id().short_text()));
}

TEST_CASE("leaks: a stream that is not returned", "[leak]") {
    pair both;
    auto& used = both.connection(gossip::gossip_alpn);
    REQUIRE(used.open_uni(std::make_shared<deaf_stream>()) != nullptr);
    const auto found = both.only_discrepancy();
    CHECK(found.rule == "streams.returned");
    CHECK(found.owner == "gossip");
    CHECK(found.found == found.expected + 1);
}

TEST_CASE("leaks: an armed timer that nobody owns", "[leak]") {
    pair both;
    deaf_timer sink;
    net::deadline_timer leaked(both.hub.shard, sink, "host/gossip/peer_link.cpp");
    leaked.arm(both.hub.shard.now() + 1h);
    const auto found = both.only_discrepancy();
    CHECK(found.rule == "timers.owned");
    CHECK(found.owner == "gossip");
    CHECK(found.found == found.expected + 1);
}

TEST_CASE("leaks: the auditor names a leaked descriptor, once, and that it is gone", "[leak]") {
    struct listener final : app::audit_observer {
        void on_discrepancy(const app::audit_finding& finding) override {
            named.push_back(finding.rule + " " + finding.owner);
        }
        std::vector<std::string> named;
    } heard;
    pair both;
    const usage::process_meter meter;
    auto parts = both.hub.parts();
    parts.meter = &meter;
    app::auditor books(both.hub.shard, std::move(parts), heard, logger());
    books.start(0s);
    std::optional<app::audit_report> answer;
    const auto ask = [&] {
        answer.reset();
        REQUIRE(books.check([&](const app::audit_report& report) { answer = report; }));
        REQUIRE(run_until_both(both.hub.shard, both.beyond, [&] { return answer.has_value(); }));
        return answer->discrepancies.size();
    };
    CHECK(ask() == 0);
    {
        const unique_fd leaked(::open("/dev/null", O_RDONLY | O_CLOEXEC));
        CHECK(ask() == 1);  // after the time that it takes to be sure
        CHECK(ask() == 1);
        CHECK(books.standing().size() == 1);
    }
    CHECK(heard.named == std::vector<std::string>{"process.descriptors process"});
    CHECK(ask() == 0);
    CHECK(books.standing().empty());
}
