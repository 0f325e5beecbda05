// SPDX-License-Identifier: Apache-2.0
#include "plugin/proto/handle_table.hpp"
#include "support/catch.hpp"

#include <string>
#include <vector>

using namespace meshhost::plugin::proto;

TEST_CASE("handle table: a handle finds its thing until it is erased", "[plugin]") {
    handle_table<std::string> table(handle_kind::timer, 4);
    const handle a = table.insert("a");
    const handle b = table.insert("b");
    CHECK(a != b);
    REQUIRE(table.find(a) != nullptr);
    CHECK(*table.find(a) == "a");
    CHECK(table.erase(a));
    CHECK(table.find(a) == nullptr);
    CHECK_FALSE(table.erase(a));
    CHECK(*table.find(b) == "b");
    CHECK(table.size() == 1);
}

TEST_CASE("handle table: a stale handle misses the thing that has its slot now", "[plugin]") {
    handle_table<int> table(handle_kind::timer, 1);
    const handle first = table.insert(1);
    table.erase(first);
    const handle second = table.insert(2);
    CHECK(second != first);
    CHECK(table.find(first) == nullptr);
    CHECK(*table.find(second) == 2);
}

TEST_CASE("handle table: a handle of another kind is foreign", "[plugin]") {
    handle_table<int> timers(handle_kind::timer, 1);
    handle_table<int> watches(handle_kind::peer_watch, 1);
    const handle timer = timers.insert(1);
    const handle watch = watches.insert(1);
    CHECK(timers.find(watch) == nullptr);
    CHECK(watches.find(timer) == nullptr);
}

TEST_CASE("handle table: numbers that nobody issued find nothing", "[plugin]") {
    handle_table<int> table(handle_kind::timer, 4);
    const handle real = table.insert(1);
    for (const handle guess :
         {handle{0}, handle{1}, ~handle{0}, real + 1, real ^ (handle{1} << 40)})
        CHECK(table.find(guess) == nullptr);
}

TEST_CASE("handle table: the limit holds, and room comes back", "[plugin]") {
    handle_table<int> table(handle_kind::timer, 2);
    const handle first = table.insert(1);
    table.insert(2);
    CHECK(table.insert(3) == 0);
    table.erase(first);
    CHECK(table.insert(3) != 0);
}

TEST_CASE("handle table: after clear() all old handles are stale", "[plugin]") {
    handle_table<int> table(handle_kind::timer, 8);
    std::vector<handle> old;
    for (int i = 0; i < 8; ++i)
        old.push_back(table.insert(i));
    table.clear();
    CHECK(table.size() == 0);
    for (int i = 0; i < 8; ++i)
        table.insert(i);
    for (const handle stale : old)
        CHECK(table.find(stale) == nullptr);
}
