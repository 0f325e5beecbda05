// SPDX-License-Identifier: Apache-2.0
#include "quic/closing_table.hpp"
#include "support/catch.hpp"

using namespace meshhost;
using namespace meshhost::quic;

namespace {

constexpr time_point start{1h};

connection_id id_of(std::uint32_t number) {
    std::uint8_t bytes[8] = {0, 0, 0, 1};
    for (int i = 0; i < 4; ++i)
        bytes[4 + i] = static_cast<std::uint8_t>(number >> (8 * i));
    return {bytes, sizeof bytes};
}

closing_table::entry closed(std::vector<connection_id> ids, time_point until) {
    return {.ids = std::move(ids), .farewell = {1, 2, 3}, .until = until};
}

}  // namespace

TEST_CASE("quic: late packets of a closed connection are answered ever less often", "[closing]") {
    closing_table table;
    table.add(closed({id_of(1), id_of(2)}, start + 1s));
    int answers = 0;
    bytes_view answer;
    for (int i = 0; i < 1024; ++i) {
        REQUIRE(table.receive(id_of(i % 2 == 0 ? 1 : 2), answer));
        if (!answer.empty()) {
            ++answers;
            CHECK(to_hex(answer) == "010203");
        }
    }
    CHECK(answers == 11);
    CHECK_FALSE(table.receive(id_of(3), answer));
}

TEST_CASE("quic: closed connections are forgotten in order of their deadlines", "[closing]") {
    closing_table table;
    CHECK(table.next_deadline() == no_deadline);
    table.add(closed({id_of(1)}, start + 3s));
    table.add(closed({id_of(2)}, start + 1s));
    table.add(closed({id_of(3)}, start + 2s));
    CHECK(table.next_deadline() == start + 1s);
    table.expire(start + 1s - 1ns);
    CHECK(table.size() == 3);
    table.expire(start + 2s);
    CHECK(table.size() == 1);
    CHECK(table.ids() == 1);
    CHECK(table.next_deadline() == start + 3s);
    bytes_view answer;
    CHECK_FALSE(table.receive(id_of(2), answer));
    CHECK(table.receive(id_of(1), answer));
}

TEST_CASE("quic: a full table of closed connections lets go of the oldest", "[closing]") {
    closing_table table;
    for (std::uint32_t i = 0; i < closing_table::entries_max + 10; ++i)
        table.add(closed({id_of(i)}, start + i * 1ms));
    CHECK(table.size() == closing_table::entries_max);
    CHECK(table.ids() == closing_table::entries_max);
    bytes_view answer;
    CHECK_FALSE(table.receive(id_of(9), answer));
    CHECK(table.receive(id_of(10), answer));
}

TEST_CASE("quic: an id that closed twice belongs to the later connection", "[closing]") {
    closing_table table;
    table.add(closed({id_of(1)}, start + 1s));
    table.add({.ids = {id_of(1)}, .farewell = {9}, .until = start + 2s});
    table.expire(start + 1s);
    bytes_view answer;
    REQUIRE(table.receive(id_of(1), answer));
    CHECK(to_hex(answer) == "09");
    table.expire(start + 2s);
    CHECK(table.ids() == 0);
}
