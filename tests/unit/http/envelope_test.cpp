// SPDX-License-Identifier: Apache-2.0
#include "http/envelope.hpp"
#include "support/catch.hpp"

#include <boost/json/object.hpp>
#include <boost/json/serialize.hpp>

using namespace meshhost;
using namespace std::chrono_literals;

TEST_CASE("http: times are RFC 3339 in UTC with milliseconds", "[http]") {
    const std::chrono::system_clock::time_point at{1795349091s + 20ms};
    CHECK(http::format_time(at) == "2026-11-22T12:04:51.020Z");
    CHECK(http::format_time(std::chrono::system_clock::time_point{}) == "1970-01-01T00:00:00.000Z");
}

TEST_CASE("http: a good envelope names its schema", "[http]") {
    const auto envelope = http::make_envelope("status", boost::json::object{{"a", 1}});
    CHECK(envelope.at("schema").as_string() == "meshhost.status/1");
    CHECK(envelope.at("ok").as_bool());
    CHECK(envelope.at("data").as_object().at("a").as_int64() == 1);
}

TEST_CASE("http: a failure survives its envelope", "[http]") {
    const failure error{exit_code::no_daemon, "E_NO_DAEMON", "nobody is there", "start it"};
    const auto envelope = http::make_error_envelope(error);
    CHECK_FALSE(envelope.at("ok").as_bool());
    const auto read = http::read_error(envelope);
    CHECK(read.exit == error.exit);
    CHECK(read.code == error.code);
    CHECK(read.message == error.message);
    CHECK(read.hint == error.hint);
}

TEST_CASE("http: a damaged error envelope still gives a failure", "[http]") {
    CHECK(http::read_error({}).exit == exit_code::failure);
    CHECK(http::read_error({{"error", "text"}}).exit == exit_code::failure);
    const auto zero = http::read_error({{"error", {{"exit", 0}, {"code", 7}}}});
    CHECK(zero.exit == exit_code::failure);
    CHECK(zero.code.empty());
}
