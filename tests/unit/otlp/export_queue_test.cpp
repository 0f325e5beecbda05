// SPDX-License-Identifier: Apache-2.0
#include "otlp/export_queue.hpp"
#include "support/catch.hpp"

using namespace meshhost;
using namespace meshhost::otlp;

namespace {

time_point at(duration since_start) {
    return time_point(1000s) + since_start;
}

scoped_span span_of(const std::string& name) {
    scoped_span out{"meshhost", {}};
    out.span.name = name;
    return out;
}

export_result answered(export_result::kind how) {
    export_result out;
    out.how = how;
    out.words = "words";
    return out;
}

constexpr auto taken = export_result::kind::taken;
constexpr auto refused = export_result::kind::refused;
constexpr auto unavailable = export_result::kind::unavailable;

}  // namespace

TEST_CASE("export queue: a span waits for others, a full batch does not", "[otlp]") {
    export_queue queue({}, 1);
    CHECK(queue.next_deadline() == no_deadline);
    queue.push(span_of("a"), at(0s));
    CHECK(queue.next_deadline() == at(5s));
    CHECK(queue.next(at(4s)) == nullptr);
    queue.push(span_of("b"), at(4s));
    const auto* const batch = queue.next(at(5s));
    REQUIRE(batch != nullptr);
    CHECK(batch->size() == 2);
    CHECK(queue.next_deadline() == no_deadline);  // one request at a time
    queue.on_result(answered(taken), at(6s));
    CHECK(queue.is_idle());
    CHECK(queue.counts().exported == 2);
    for (int i = 0; i < 600; ++i)
        queue.push(span_of("c"), at(7s));
    REQUIRE(queue.next(at(7s)) != nullptr);
    queue.on_result(answered(taken), at(7s));
    const auto* const rest = queue.next(at(7s));
    REQUIRE(rest != nullptr);
    CHECK(rest->size() == 88);
    queue.on_result(answered(taken), at(7s));
    queue.push(span_of("d"), at(8s));
    queue.flush(at(8s));
    CHECK(queue.next(at(8s)) != nullptr);
}

TEST_CASE("export queue: a collector that is away is asked again, later each time", "[otlp]") {
    export_queue queue({}, 1);
    queue.push(span_of("a"), at(0s));
    queue.flush(at(0s));
    duration before{};
    auto now = at(0s);
    for (int i = 0; i < 9; ++i) {
        REQUIRE(queue.next(now) != nullptr);
        queue.on_result(answered(unavailable), now);
        CHECK(queue.next(now) == nullptr);
        const duration wait = queue.next_deadline() - now;
        CHECK(wait >= 500ms);
        CHECK(wait <= 60s);
        if (i > 0 && i < 6) CHECK(wait * 4 >= before);
        before = wait;
        now = queue.next_deadline();
    }
    CHECK(before >= 30s);
    CHECK(queue.counts().failures_in_a_row == 9);
    CHECK(queue.counts().last_error == "words");
    REQUIRE(queue.next(now) != nullptr);
    queue.on_result(answered(taken), now);
    CHECK(queue.counts().exported == 1);
    CHECK(queue.counts().failures_in_a_row == 0);
    CHECK(queue.counts().last_error.empty());
}

TEST_CASE("export queue: it waits as long as the collector wishes, within reason", "[otlp]") {
    export_queue queue({}, 1);
    queue.push(span_of("a"), at(0s));
    queue.flush(at(0s));
    REQUIRE(queue.next(at(0s)) != nullptr);
    auto later = answered(unavailable);
    later.retry_after = 30s;
    queue.on_result(later, at(0s));
    CHECK(queue.next_deadline() == at(30s));
    REQUIRE(queue.next(at(30s)) != nullptr);
    later.retry_after = 24h;
    queue.on_result(later, at(30s));
    CHECK(queue.next_deadline() == at(330s));
}

TEST_CASE("export queue: what is refused is not sent again", "[otlp]") {
    export_queue queue({}, 1);
    queue.push(span_of("a"), at(0s));
    queue.push(span_of("b"), at(0s));
    REQUIRE(queue.next(at(5s)) != nullptr);
    queue.on_result(answered(refused), at(5s));
    CHECK(queue.is_idle());
    CHECK(queue.counts().dropped_refused == 2);
    queue.push(span_of("c"), at(6s));
    queue.push(span_of("d"), at(6s));
    REQUIRE(queue.next(at(11s)) != nullptr);
    auto partial = answered(taken);
    partial.rejected = 1;
    queue.on_result(partial, at(11s));
    CHECK(queue.counts().exported == 1);
    CHECK(queue.counts().rejected == 1);
    CHECK(queue.counts().last_error == "words");
}

TEST_CASE("export queue: without a collector the oldest give way", "[otlp]") {
    export_queue queue({.spans_max = 10, .batch_max = 4}, 1);
    for (int i = 0; i < 4; ++i)
        queue.push(span_of("first"), at(0s));
    REQUIRE(queue.next(at(0s)) != nullptr);
    queue.on_result(answered(unavailable), at(0s));
    for (int i = 0; i < 100; ++i)
        queue.push(span_of(std::to_string(i)), at(0s));
    CHECK(queue.counts().waiting == 14);
    CHECK(queue.counts().dropped_full == 90);
    auto now = queue.next_deadline();
    REQUIRE(queue.next(now) != nullptr);
    queue.on_result(answered(taken), now);
    const auto* const batch = queue.next(now);
    REQUIRE(batch != nullptr);
    CHECK(batch->front().span.name == "90");
}

TEST_CASE("export queue: spans that are large give way sooner", "[otlp]") {
    export_queue queue({.bytes_max = 10'000}, 1);
    for (int i = 0; i < 100; ++i) {
        auto large = span_of(std::to_string(i));
        large.span.attributes.push_back({"text", std::string(3000, 'x')});
        queue.push(std::move(large), at(0s));
    }
    CHECK(queue.counts().waiting == 3);
    CHECK(queue.counts().dropped_full == 97);
    const auto* const batch = queue.next(at(5s));
    REQUIRE(batch != nullptr);
    CHECK(batch->front().span.name == "97");
    queue.on_result(answered(taken), at(5s));
    auto huge = span_of(std::string(20'000, 'x'));
    queue.push(std::move(huge), at(6s));  // too large for any queue
    CHECK(queue.is_idle());
    for (int i = 0; i < 50; ++i)
        queue.push(span_of("small"), at(7s));
    CHECK(queue.counts().waiting > 20);
}

TEST_CASE("export queue: for a collector that is away no more than 1 MiB is held", "[otlp]") {
    constexpr std::size_t text = 1000;
    export_queue queue({}, 1);
    const auto push = [&] {
        for (int i = 0; i < 3000; ++i) {
            auto one = span_of("one");
            one.span.attributes.push_back({"text", std::string(text, 'x')});
            queue.push(std::move(one), at(0s));
        }
    };
    push();
    const auto* const batch = queue.next(at(5s));
    REQUIRE(batch != nullptr);
    queue.on_result(answered(unavailable), at(5s));
    push();
    CHECK(queue.counts().dropped_full > 2000);
    CHECK(queue.counts().waiting > 500);
    CHECK(queue.counts().waiting * text <= 1u << 20);  // the batch is among them
}
