// SPDX-License-Identifier: Apache-2.0
#include "nat/proto/stun_client.hpp"
#include "stun_server.hpp"
#include "support/catch.hpp"

using namespace meshhost;
using namespace meshhost::nat::proto;

namespace {

const time_point start{1'000s};
const ip_endpoint server = ip_endpoint::v4({198, 51, 100, 1}, 3478);
const ip_endpoint seen = ip_endpoint::v4({203, 0, 113, 7}, 41'207);

stun_client client(const stun_pace& pace = {}) {
    return stun_client(as_bytes("sixteen bytes and more"), pace);
}

std::vector<stun_output> drain(stun_client& from) {
    from.check_invariants();
    std::vector<stun_output> all;
    while (auto next = from.poll_output())
        all.push_back(std::move(*next));
    return all;
}

}  // namespace

TEST_CASE("stun client: asks, and hears", "[nat]") {
    auto asking = client();
    const auto ticket = asking.ask({server}, start);
    REQUIRE(ticket.has_value());
    auto out = drain(asking);
    REQUIRE(out.size() == 1);
    CHECK(out[0].kind == stun_output::what::send);
    CHECK(out[0].server == server);

    CHECK(asking.handle(test::stun_answer_to(out[0].message, seen), server, start + 31ms));
    out = drain(asking);
    REQUIRE(out.size() == 1);
    CHECK(out[0].kind == stun_output::what::answered);
    CHECK(out[0].ticket == *ticket);
    CHECK(out[0].answer.mapped == seen);
    CHECK(out[0].round_trip == duration(31ms));
    CHECK(asking.under_way() == 0);
    CHECK(asking.next_deadline() == no_deadline);
}

TEST_CASE("stun client: asks again when RFC 8489 says so", "[nat]") {
    auto asking = client();
    REQUIRE(asking.ask({server}, start));
    const byte_buffer first = drain(asking).at(0).message;
    std::vector<duration> sent_after;
    time_point now = start;
    for (;;) {
        now = asking.next_deadline();
        asking.handle_deadline(now);
        const auto out = drain(asking);
        REQUIRE(out.size() == 1);
        if (out[0].kind != stun_output::what::send) {
            CHECK(out[0].kind == stun_output::what::failed);
            CHECK(out[0].why == stun_failure::silent);
            break;
        }
        CHECK(out[0].message == first);
        sent_after.push_back(now - start);
    }
    CHECK(sent_after == std::vector<duration>{500ms, 1500ms, 3500ms, 7500ms, 15'500ms, 31'500ms});
    CHECK(now - start == 39'500ms);
    CHECK(asking.under_way() == 0);
}

TEST_CASE("stun client: no round trip of what was asked twice", "[nat]") {
    auto asking = client();
    REQUIRE(asking.ask({server}, start));
    const byte_buffer message = drain(asking).at(0).message;
    asking.handle_deadline(start + 500ms);
    CHECK(drain(asking).size() == 1);
    REQUIRE(asking.handle(test::stun_answer_to(message, seen), server, start + 510ms));
    CHECK_FALSE(drain(asking).at(0).round_trip.has_value());
}

TEST_CASE("stun client: answers to nothing are none", "[nat]") {
    auto asking = client();
    REQUIRE(asking.ask({server}, start));
    const byte_buffer message = drain(asking).at(0).message;
    const byte_buffer answer = test::stun_answer_to(message, seen);
    const ip_endpoint other = ip_endpoint::v4({198, 51, 100, 2}, 3478);

    CHECK_FALSE(asking.handle(answer, other, start));
    CHECK_FALSE(asking.handle(answer, ip_endpoint::v4({198, 51, 100, 1}, 3479), start));
    auto elsewhere = stun_client(as_bytes("another secret of 16"));
    REQUIRE(elsewhere.ask({server}, start));
    const byte_buffer foreign = drain(elsewhere).at(0).message;
    CHECK_FALSE(asking.handle(test::stun_answer_to(foreign, seen), server, start));
    CHECK_FALSE(asking.handle(message, server, start));
    CHECK(asking.counts().ignored == 4);
    CHECK(asking.under_way() == 1);

    REQUIRE(asking.handle(answer, server, start));
    CHECK_FALSE(asking.handle(answer, server, start));  // and a second time it answers nothing
    CHECK(drain(asking).size() == 1);
}

TEST_CASE("stun client: ids do not come twice", "[nat]") {
    auto asking = client();
    REQUIRE(asking.ask({server}, start));
    REQUIRE(asking.ask({server}, start));
    const auto out = drain(asking);
    CHECK(out.at(0).message != out.at(1).message);
    CHECK(out.at(0).ticket != out.at(1).ticket);
}

TEST_CASE("stun client: an error is a failure, and nobody is followed elsewhere", "[nat]") {
    auto asking = client();
    REQUIRE(asking.ask({server}, start));
    const byte_buffer message = drain(asking).at(0).message;
    REQUIRE(asking.handle(test::stun_error_to(message, 300), server, start));
    const auto out = drain(asking);
    REQUIRE(out.size() == 1);
    CHECK(out[0].why == stun_failure::error);
    CHECK(out[0].answer.error == 300);
}

TEST_CASE("stun client: where nobody listens nobody is waited for", "[nat]") {
    auto asking = client();
    REQUIRE(asking.ask({server}, start));
    REQUIRE(asking.ask({ip_endpoint::v4({198, 51, 100, 2}, 3478)}, start));
    drain(asking);
    asking.handle_refused(server);
    const auto out = drain(asking);
    REQUIRE(out.size() == 1);
    CHECK(out[0].why == stun_failure::refused);
    CHECK(out[0].server == server);
    CHECK(asking.under_way() == 1);
}

TEST_CASE("stun client: an answer from elsewhere, as it was asked for", "[nat]") {
    const ip_endpoint port = ip_endpoint::v4({198, 51, 100, 1}, 3479);
    const ip_endpoint both = ip_endpoint::v4({198, 51, 100, 2}, 3479);
    struct row {
        stun_question question;
        ip_endpoint from;
        bool is_taken;
        bool is_good;
    };
    const std::vector<row> rows{
        {{server, false, true}, port, true, true},
        {{server, true, true}, both, true, true},
        {{server, false, true}, both, false, false},
        {{server, true, true}, port, false, false},
        {{server, true, true}, server, true, false},
    };
    for (const row& one : rows) {
        auto asking = client();
        REQUIRE(asking.ask(one.question, start));
        const byte_buffer message = drain(asking).at(0).message;
        const auto answer = test::stun_answer_to(message, seen);
        INFO(one.from.to_string());
        CHECK(asking.handle(answer, one.from, start) == one.is_taken);
        const auto out = drain(asking);
        if (!one.is_taken) continue;
        REQUIRE(out.size() == 1);
        CHECK((out[0].kind == stun_output::what::answered) == one.is_good);
        if (!one.is_good) CHECK(out[0].why == stun_failure::not_changed);
    }
}

TEST_CASE("stun client: nothing comes of what was cancelled", "[nat]") {
    auto asking = client();
    const auto ticket = asking.ask({server}, start);
    REQUIRE(ticket);
    asking.cancel(*ticket);
    asking.cancel(*ticket);
    CHECK(drain(asking).empty());
    CHECK(asking.next_deadline() == no_deadline);
}

TEST_CASE("stun client: bounded, whether or not anybody drains it", "[nat]") {
    auto asking = client();
    std::size_t asked = 0;
    while (asking.ask({server}, start))
        ++asked;
    CHECK(asked == stun_client::questions_max);
    time_point now = start;
    while (asking.under_way() > 0) {
        now = asking.next_deadline();
        asking.handle_deadline(now);
        asking.check_invariants();
    }
    const auto out = drain(asking);
    const auto failed = std::count_if(out.begin(), out.end(), [](const stun_output& one) {
        return one.kind == stun_output::what::failed;
    });
    CHECK(failed == static_cast<std::ptrdiff_t>(asked));
    CHECK(asking.counts().dropped > 0);
    CHECK(asking.ask({server}, now));
}
