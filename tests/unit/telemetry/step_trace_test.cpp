// SPDX-License-Identifier: Apache-2.0
#include "support/catch.hpp"
#include "telemetry/step_trace.hpp"

#include <set>

using namespace meshhost;
using namespace meshhost::telemetry;

namespace {

constexpr duration wall = 1'700'000'000s;

time_point at(duration since_start) {
    return time_point(1000s) + since_start;
}

}  // namespace

TEST_CASE("step trace: steps without gaps under one root", "[telemetry]") {
    step_trace boot("ready", 7, at(0ms), wall);
    boot.note_of_all("count", std::int64_t{3});
    boot.step("one", at(1ms));
    boot.note("source", std::string("file"));
    boot.step("two", at(3ms));
    boot.within({"load", at(4ms), 2ms, {{"name", std::string("x")}}});
    boot.within({"load", at(6ms), 1ms, {}, "MP001"});
    CHECK_FALSE(boot.has_ended());
    boot.end(at(10ms));
    CHECK(boot.has_ended());
    const auto& spans = boot.spans();
    REQUIRE(spans.size() == 5);
    CHECK(spans[0].started == wall);
    CHECK(spans[0].length == 10ms);
    CHECK(spans[0].parent == span_id{});
    CHECK(spans[1].started == wall + 1ms);
    CHECK(spans[1].length == 2ms);
    CHECK(spans[1].parent == spans[0].id);
    CHECK(spans[2].started == spans[1].started + spans[1].length);
    CHECK(spans[2].length == 7ms);
    CHECK(spans[3].parent == spans[2].id);
    CHECK(spans[3].started == wall + 4ms);
    CHECK(spans[3].is_ok);
    CHECK_FALSE(spans[4].is_ok);
    CHECK(spans[4].message == "MP001");
    std::set<span_id> ids;
    for (const auto& each : spans) {
        CHECK(each.trace == spans[0].trace);
        ids.insert(each.id);
    }
    CHECK(ids.size() == spans.size());
    CHECK(spans[0].trace != trace_id{});
    CHECK(std::get<std::int64_t>(spans[0].attributes.at(0).value) == 3);
    CHECK(std::get<std::string>(spans[1].attributes.at(0).value) == "file");
}

TEST_CASE("step trace: what fails fails all of it", "[telemetry]") {
    step_trace boot("ready", 7, at(0ms), wall);
    boot.step("one", at(1ms));
    boot.step("two", at(2ms));
    boot.fail("the port is taken", at(5ms));
    const auto& spans = boot.spans();
    CHECK(boot.has_ended());
    CHECK_FALSE(spans[0].is_ok);
    CHECK(spans[1].is_ok);
    CHECK_FALSE(spans[2].is_ok);
    CHECK(spans[2].message == "the port is taken");
    CHECK(spans[2].length == 3ms);
}

TEST_CASE("step trace: a boot with a thousand parts stays small", "[telemetry]") {
    step_trace boot("ready", 7, at(0ms), wall);
    boot.step("one", at(0ms));
    for (int i = 0; i < 1000; ++i)
        boot.within({"part", at(0ms), 1ms, {}});
    CHECK(boot.spans().size() == step_trace::spans_max);
    CHECK(boot.spans()[0].dropped == 1002 - step_trace::spans_max);
}
