// SPDX-License-Identifier: Apache-2.0
#include "api_fixture.hpp"

using namespace meshhost;
using telemetry::event_type;
using test::api;

namespace {

void happen(api& local, event_type type, std::string reason = "") {
    telemetry::event event;
    event.type = type;
    event.reason = std::move(reason);
    local.journal.append(std::move(event));
}

std::vector<std::uint64_t> numbers_in(const boost::json::array& events) {
    std::vector<std::uint64_t> out;
    for (const auto& each : events)
        out.push_back(each.at("seq").to_number<std::uint64_t>());
    return out;
}

boost::json::object events(api& local, http::query_map query = {}) {
    return local.ask("GET", "/v1/events", "", std::move(query))->json().at("data").as_object();
}

}  // namespace

TEST_CASE("events: what happened is told, page by page", "[admin]") {
    api local;
    for (int i = 0; i < 5; ++i)
        happen(local, event_type::peer_state);
    const auto first = events(local, {{"limit", "2"}});
    CHECK(numbers_in(first.at("events").as_array()) == std::vector<std::uint64_t>{1, 2});
    CHECK(first.at("next_seq").to_number<int>() == 3);
    CHECK(first.at("oldest_seq").to_number<int>() == 1);
    CHECK_FALSE(first.at("truncated").as_bool());
    const auto rest = events(local, {{"since", "3"}});
    CHECK(numbers_in(rest.at("events").as_array()) == std::vector<std::uint64_t>{3, 4, 5});
    CHECK(rest.at("next_seq").to_number<int>() == 6);
}

TEST_CASE("events: only the types that are asked for", "[admin]") {
    api local;
    happen(local, event_type::peer_state);
    happen(local, event_type::plugin_state);
    happen(local, event_type::neighbor_up);
    const auto some = events(local, {{"types", "peer.state,neighbor.up"}});
    CHECK(numbers_in(some.at("events").as_array()) == std::vector<std::uint64_t>{1, 3});
    CHECK(some.at("next_seq").to_number<int>() == 4);
}

TEST_CASE("events: who asks for what is no more is told so", "[admin]") {
    api local;
    for (int i = 0; i < 5000; ++i)
        happen(local, event_type::peer_state);
    const auto answer = events(local, {{"since", "1"}, {"limit", "1"}});
    CHECK(answer.at("truncated").as_bool());
    CHECK(answer.at("oldest_seq").to_number<int>() == 905);
    CHECK(numbers_in(answer.at("events").as_array()) == std::vector<std::uint64_t>{905});
}

TEST_CASE("events: a question that makes no sense is refused", "[admin]") {
    api local;
    for (const http::query_map& query : std::vector<http::query_map>{
             {{"since", "x"}},
             {{"since", "-1"}},
             {{"limit", "0"}},
             {{"limit", "4097"}},
             {{"follow", "maybe"}}})
        CHECK(local.ask("GET", "/v1/events", "", query)->answer.status == 400);
}

TEST_CASE("events: a follower hears what comes, from now on", "[admin]") {
    api local;
    happen(local, event_type::peer_state);
    const auto follower = local.ask("GET", "/v1/events", "", {{"follow", "true"}});
    CHECK(follower->lines().empty());
    happen(local, event_type::self_state, "why");
    REQUIRE(follower->lines().size() == 1);
    const auto line = follower->lines().front();
    CHECK(line.at("schema").as_string() == "meshhost.event/1");
    CHECK(line.at("seq").to_number<int>() == 2);
    CHECK(line.at("type").as_string() == "self.state");
    CHECK(line.at("node").as_string() == std::string(64, 'c'));
    CHECK(line.at("reason").as_string() == "why");
    CHECK(line.at("peer").is_null());
}

TEST_CASE("events: a follower may begin in the past", "[admin]") {
    api local;
    happen(local, event_type::peer_state);
    happen(local, event_type::peer_state);
    const auto follower = local.ask("GET", "/v1/events", "", {{"follow", "true"}, {"since", "2"}});
    happen(local, event_type::peer_state);
    CHECK(follower->lines().size() == 2);
}

TEST_CASE("events: a follower that does not read is told of what it missed", "[admin]") {
    api local;
    const auto follower = local.ask("GET", "/v1/events", "", {{"follow", "true"}});
    follower->set_reading(false);
    for (int i = 0; i < 10'000; ++i)
        happen(local, event_type::peer_state);
    CHECK(follower->unread < 2 * admin::event_feed::unread_max);
    const auto before = follower->lines().size();
    follower->set_reading(true);
    const auto lines = follower->lines();
    const auto& gap = lines.at(before);
    CHECK(gap.at("type").as_string() == "gap");
    CHECK(gap.at("from").to_number<std::size_t>() == before + 1);
    CHECK(gap.at("to").to_number<int>() == 10'000 - 4096);
    CHECK(lines.back().at("seq").to_number<int>() == 10'000);
    CHECK(lines.size() == before + 1 + 4096);
}

TEST_CASE("events: followers are limited, and make room when they go", "[admin]") {
    api local;
    std::vector<std::shared_ptr<test::fake_exchange>> followers;
    for (std::size_t i = 0; i < admin::event_feed::followers_max; ++i)
        followers.push_back(local.ask("GET", "/v1/events", "", {{"follow", "1"}}));
    CHECK(local.ask("GET", "/v1/events", "", {{"follow", "1"}})->error_code() == "E_API_FULL");
    followers.front()->leave();
    CHECK(local.ask("GET", "/v1/events", "", {{"follow", "1"}})->answer.status == 200);
}
