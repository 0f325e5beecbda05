// SPDX-License-Identifier: Apache-2.0
#include "admin/ping_exchange.hpp"
#include "fake_host.hpp"
#include "support/catch.hpp"

#include <sstream>

using namespace meshhost;

namespace {

std::vector<boost::json::object> lines_of(const test::fake_exchange& exchange) {
    std::vector<boost::json::object> lines;
    std::istringstream stream(exchange.answer.body);
    for (std::string line; std::getline(stream, line);)
        lines.push_back(boost::json::parse(line).as_object());
    return lines;
}

admin::ping_reply reply_after(unsigned sequence, std::optional<duration> rtt) {
    admin::ping_reply reply;
    reply.sequence = sequence;
    reply.rtt = rtt;
    reply.path.kind = "direct";
    return reply;
}

}  // namespace

TEST_CASE("admin: a ping request is read with its defaults", "[admin]") {
    const auto request = admin::parse_ping_request(R"({"peer":"abcd"})");
    REQUIRE(request.has_value());
    CHECK(request->peer == "abcd");
    CHECK(request->count == 4);
    CHECK(request->interval == 1s);

    const auto full = admin::parse_ping_request(
        R"({"peer":"abcd","count":2,"interval_ms":5,"size":8,"timeout_ms":250})"
    );
    REQUIRE(full.has_value());
    CHECK(full->count == 2);
    CHECK(full->interval == 5ms);
    CHECK(full->size == 8);
    CHECK(full->timeout == 250ms);
}

TEST_CASE("admin: a ping request that is not one is refused", "[admin]") {
    const std::string deep(100, '[');
    const std::string body = GENERATE_COPY(
        as<std::string>(),
        "",
        "NaN",
        "[]",
        "{}",
        R"({"peer":7})",
        R"({"peer":"x","count":0})",
        R"({"peer":"x","count":1e9})",
        R"({"peer":"x","count":10001})",
        R"({"peer":"x","size":7})",
        R"({"peer":"x","timeout_ms":"1"})",
        R"({"peer":"x"} x)",
        "{\"peer\":" + deep
    );
    const auto request = admin::parse_ping_request(body);
    REQUIRE(request.has_error());
    CHECK(request.error().code == "E_BAD_REQUEST");
}

TEST_CASE("admin: replies stream as lines and end with a summary", "[admin]") {
    const auto exchange = std::make_shared<test::fake_exchange>();
    admin::ping_exchange ping({}, exchange);
    CHECK(ping.on_reply(reply_after(1, 3ms)));
    CHECK(ping.on_reply(reply_after(2, std::nullopt)));
    CHECK(ping.on_reply(reply_after(3, 1ms)));
    CHECK(ping.on_reply(reply_after(4, 2ms)));
    ping.on_done({});

    CHECK(exchange->is_finished);
    CHECK(exchange->answer.content_type == http::content_type_ndjson);
    const auto lines = lines_of(*exchange);
    REQUIRE(lines.size() == 5);
    CHECK(lines[0].at("rtt_us").as_int64() == 3000);
    CHECK(lines[1].at("rtt_us").is_null());
    CHECK(lines[4].at("schema").as_string() == "meshhost.ping/1");
    const auto& summary = lines[4].at("data").as_object();
    CHECK(summary.at("sent").to_number<int>() == 4);
    CHECK(summary.at("received").to_number<int>() == 3);
    CHECK(summary.at("min_us").to_number<int>() == 1000);
    CHECK(summary.at("median_us").to_number<int>() == 2000);
    CHECK(summary.at("max_us").to_number<int>() == 3000);
}

TEST_CASE("admin: the median of an even number of replies is between the middle two", "[admin]") {
    const auto exchange = std::make_shared<test::fake_exchange>();
    admin::ping_exchange ping({}, exchange);
    ping.on_reply(reply_after(1, 4ms));
    ping.on_reply(reply_after(2, 1ms));
    ping.on_done({});
    CHECK(lines_of(*exchange).back().at("data").at("median_us").as_int64() == 2500);
}

TEST_CASE("admin: a ping without a connection is one error answer", "[admin]") {
    const auto exchange = std::make_shared<test::fake_exchange>();
    admin::ping_exchange ping({}, exchange);
    ping.on_done(failure{exit_code::timeout, "E_TIMEOUT", "no answer", ""});
    CHECK(exchange->answer.status == 504);
    CHECK(exchange->error_code() == "E_TIMEOUT");
}

TEST_CASE("admin: a ping that breaks off ends its stream with the error", "[admin]") {
    const auto exchange = std::make_shared<test::fake_exchange>();
    admin::ping_exchange ping({}, exchange);
    ping.on_reply(reply_after(1, 3ms));
    ping.on_done(failure{exit_code::unreachable, "E_PEER_GONE", "it left", ""});
    const auto lines = lines_of(*exchange);
    REQUIRE(lines.size() == 2);
    CHECK_FALSE(lines[1].at("ok").as_bool());
    CHECK(exchange->is_finished);
}

TEST_CASE("admin: a ping stops when its reader is gone", "[admin]") {
    const auto exchange = std::make_shared<test::fake_exchange>();
    admin::ping_exchange ping({}, exchange);
    exchange->is_gone = true;
    CHECK_FALSE(ping.on_reply(reply_after(1, 3ms)));
}
