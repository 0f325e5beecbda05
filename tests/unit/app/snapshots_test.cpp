// SPDX-License-Identifier: Apache-2.0
#include "app/probe_sections.hpp"
#include "app/snapshots.hpp"
#include "support/catch.hpp"

using namespace meshhost;

namespace {

constexpr time_point now{100s};

peers::peer_view known_peer() {
    peers::peer_view peer;
    peer.entry.state = peers::peer_state::alive;
    peer.evidence = "says so itself";
    peer.entry.since = now - 4s;
    peer.entry.last_heard = now - 250ms;
    peer.uptime = 9s;
    peers::proto::node_digest digest;
    digest.name = "gateway-01";
    digest.version = "0.1.0";
    digest.roles = {"gateway"};
    digest.incarnation = 7;
    digest.sequence = 2;
    digest.addresses = {ip_endpoint::loopback_v4(4433)};
    digest.contributions = {{"gateway", "clients", "{client}", std::uint64_t{3}}};
    peer.entry.digest = digest;
    transport::path_info path;
    path.kind = transport::path_kind::direct;
    path.reason = "same_host";
    path.remote = ip_endpoint::loopback_v4(4433);
    path.rtt = 2ms;
    peer.path = path;
    return peer;
}

}  // namespace

TEST_CASE("app: a peer's digest, path and state reach the API", "[app]") {
    const auto shown = app::snapshot_of(known_peer(), now);
    CHECK(shown.id.size() == 64);
    CHECK(shown.name == "gateway-01");
    CHECK(shown.state == "alive");
    CHECK(shown.since == 4s);
    CHECK(shown.last_seen == 250ms);
    CHECK(shown.uptime == 9s);
    CHECK(shown.addresses == std::vector<std::string>{"127.0.0.1:4433"});
    REQUIRE(shown.path.has_value());
    CHECK(shown.path->kind == "direct");
    CHECK(shown.path->remote == "127.0.0.1:4433");
    CHECK(shown.path->rtt == 2ms);
    REQUIRE(shown.contributions.size() == 1);
    CHECK(shown.contributions[0].value == boost::json::value(std::uint64_t{3}));
}

TEST_CASE("app: a peer never heard of has only its id and state", "[app]") {
    const auto shown = app::snapshot_of(peers::peer_view{}, now);
    CHECK(shown.state == "connecting");
    CHECK(shown.name.empty());
    CHECK_FALSE(shown.path.has_value());
    CHECK_FALSE(shown.last_seen.has_value());
    CHECK_FALSE(shown.uptime.has_value());
}

TEST_CASE("app: every type of value has its JSON", "[app]") {
    using contribution = peers::proto::contribution;
    const std::vector<contribution> values{
        {"r", "none", "", std::monostate()},
        {"r", "bool", "", true},
        {"r", "i64", "", std::int64_t{-1}},
        {"r", "u64", "", std::uint64_t{1}},
        {"r", "f64", "", 0.5},
        {"r", "text", "", std::string("x")},
        {"r", "bytes", "", byte_buffer{0xDE, 0xAD}}};
    const auto shown = app::snapshot_of(values);
    REQUIRE(shown.size() == 7);
    CHECK(shown[0].value.is_null());
    CHECK(shown[1].value.as_bool());
    CHECK(shown[2].value.as_int64() == -1);
    CHECK(shown[3].value.as_uint64() == 1);
    CHECK(shown[4].value.as_double() == 0.5);
    CHECK(shown[5].value.as_string() == "x");
    CHECK(shown[6].value.as_string() == "dead");
}

TEST_CASE("app: every cause of a closed connection has a counter of its own", "[app]") {
    transport::probe counters;
    for (std::size_t i = 0; i < counters.closed_by_cause.size(); ++i)
        counters.closed_by_cause[i] = 1000 + i;
    const auto section = app::section_of(counters);
    std::vector<std::string> names;
    std::size_t found = 0;
    for (const auto& [name, value] : section.counters) {
        names.push_back(name);
        if (name.starts_with("closed_")) CHECK(value == 1000 + found++);
    }
    CHECK(found == counters.closed_by_cause.size());
    std::sort(names.begin(), names.end());
    CHECK(std::adjacent_find(names.begin(), names.end()) == names.end());
}

TEST_CASE("app: the process knows what it holds", "[app]") {
    const auto section = app::process_section();
    REQUIRE(section.counters.size() == 3);
    for (const auto& [name, value] : section.counters) {
        INFO(name);
        CHECK(value > 0);
    }
}
