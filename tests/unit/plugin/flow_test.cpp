// SPDX-License-Identifier: Apache-2.0
// What bounds the ways between the mesh and an instance: queues with losses, windows, budgets.
#include "plugin/proto/byte_budget.hpp"
#include "plugin/proto/credit.hpp"
#include "plugin/proto/lag_queue.hpp"
#include "support/catch.hpp"

#include <string>

using namespace meshhost;
using namespace meshhost::plugin::proto;

namespace {

using queue = lag_queue<int>;

/// "1 2 -3 4": what comes out, and how many were lost where.
std::string drain(queue& from) {
    std::string out;
    const auto say = [&](const std::string& word) { out += (out.empty() ? "" : " ") + word; };
    while (const auto next = from.pop()) {
        if (!next->lost_before.empty()) say("-" + std::to_string(next->lost_before.messages));
        say(std::to_string(next->item));
    }
    if (const auto rest = from.take_lag(); !rest.empty()) say("-" + std::to_string(rest.messages));
    return out;
}

void push(queue& to, int first, int last, std::size_t size = 1) {
    for (int i = first; i <= last; ++i)
        to.push(i, size);
}

}  // namespace

TEST_CASE("lag queue: the oldest make room, and are counted before the next", "[plugin]") {
    queue waiting(3, 100, lag_policy::drop_oldest);
    push(waiting, 1, 5);
    CHECK(waiting.size() == 3);
    CHECK(drain(waiting) == "-2 3 4 5");
    CHECK(drain(waiting).empty());
    push(waiting, 6, 6);
    CHECK(drain(waiting) == "6");
}

TEST_CASE("lag queue: the newest do not come in, and are counted where they were", "[plugin]") {
    queue waiting(3, 100, lag_policy::drop_newest);
    push(waiting, 1, 5);
    CHECK(waiting.pop()->item == 1);
    push(waiting, 6, 7);
    CHECK(drain(waiting) == "2 3 -2 6 -1");
}

TEST_CASE("lag queue: after the first loss nothing comes in", "[plugin]") {
    queue waiting(2, 100, lag_policy::close);
    push(waiting, 1, 3);
    CHECK(waiting.is_closed());
    CHECK(waiting.pop()->item == 1);
    push(waiting, 4, 4);
    CHECK(drain(waiting) == "2 -2");
}

TEST_CASE("lag queue: bytes count, too", "[plugin]") {
    queue waiting(100, 10, lag_policy::drop_oldest);
    push(waiting, 1, 4, 4);
    CHECK(waiting.bytes() == 8);
    waiting.push(5, 11);  // larger than all of it: everything before is gone for nothing
    CHECK(waiting.empty());
    const auto lost = waiting.take_lag();
    CHECK(lost.messages == 5);
    CHECK(lost.bytes == 16 + 11);
}

TEST_CASE("lag queue: what was lost elsewhere is told in its place", "[plugin]") {
    queue waiting(3, 100, lag_policy::drop_oldest);
    push(waiting, 1, 1);
    waiting.lose({7, 70});
    push(waiting, 2, 2);
    CHECK(waiting.take_lag().empty());  // not before its turn
    CHECK(drain(waiting) == "1 -7 2");
    waiting.lose({1, 0});
    CHECK(waiting.take_lag().messages == 1);
}

TEST_CASE("window: full until the other end has taken something", "[plugin]") {
    send_window window(2, 100);
    window.sent(10);
    CHECK(window.has_room());
    window.sent(10);
    CHECK_FALSE(window.has_room());
    window.taken(1, 10);
    CHECK(window.has_room());
    window.sent(500);  // one message always goes
    CHECK_FALSE(window.has_room());
    window.taken(99, 9999);  // more than there was
    CHECK(window.empty());
    CHECK(window.has_room());
}

TEST_CASE("window: what was taken is said at every quarter", "[plugin]") {
    taken_meter meter(8, 1000);
    CHECK_FALSE(meter.took(1));
    const auto second = meter.took(1);
    REQUIRE(second);
    CHECK(second->messages == 2);
    CHECK(second->bytes == 2);
    const auto large = meter.took(600);
    REQUIRE(large);
    CHECK(large->bytes == 600);
}

TEST_CASE("window: neither end waits for the other", "[plugin]") {
    send_window window(32, 64 << 10);
    taken_meter meter(32, 64 << 10);
    for (int i = 0; i < 10'000; ++i) {
        REQUIRE(window.has_room());
        const auto size = static_cast<std::size_t>(i * 7919 % 4000);
        window.sent(size);
        if (const auto said = meter.took(size)) window.taken(said->messages, said->bytes);
    }
}

TEST_CASE("budget: so many bytes a second, and those of two at once", "[plugin]") {
    byte_budget budget(100);
    const time_point start{1h};
    CHECK(budget.take(150, start));
    CHECK(budget.take(150, start));  // the last one may go over
    CHECK_FALSE(budget.take(1, start));
    CHECK_FALSE(budget.take(1, start + 1s));  // still in debt
    CHECK(budget.take(1, start + 1100ms));
    CHECK(budget.take(200, start + 1h));
    CHECK_FALSE(budget.take(1, start + 1h));
}
