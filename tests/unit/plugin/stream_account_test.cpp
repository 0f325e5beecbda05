// SPDX-License-Identifier: Apache-2.0
// The host's books of a stream, against an instance that cheats; and the queue that bytes wait in.
#include "plugin/proto/chunk_queue.hpp"
#include "plugin/proto/stream_account.hpp"
#include "support/catch.hpp"

using namespace meshhost;
using namespace meshhost::plugin::proto;

TEST_CASE("stream account: what goes down is within the window", "[plugin][streams]") {
    stream_account account(stream_window_min);
    CHECK(account.room_below() == stream_window_min);
    account.sent_down(stream_window_min);
    CHECK(account.room_below() == 0);
    CHECK(account.take(10));
    CHECK(account.room_below() == 10);
    CHECK(account.below() == stream_window_min - 10);
}

TEST_CASE("stream account: nobody reads what was not sent", "[plugin][streams]") {
    stream_account account(stream_window_max * 2);
    CHECK(account.room_below() == stream_window_max);
    account.sent_down(100);
    CHECK_FALSE(account.take(101));
    CHECK_FALSE(account.take(~std::uint64_t{0}));
    CHECK(account.take(100));
    CHECK_FALSE(account.take(1));
}

TEST_CASE("stream account: many small pieces wait for a reader", "[plugin][streams]") {
    stream_account account(stream_window_default);
    for (std::size_t i = 0; i < stream_pieces_max; ++i) {
        CHECK(account.room_below() > 0);
        account.sent_down(1);
    }
    CHECK(account.room_below() == 0);
    CHECK(account.take(1));
    CHECK(account.room_below() > 0);
}

TEST_CASE("stream account: an instance writes no more than it may", "[plugin][streams]") {
    stream_account account(0);
    CHECK(account.admit(stream_unsent_max, false));
    CHECK_FALSE(account.admit(1, false));
    account.sent(5);
    CHECK_FALSE(account.admit(6, false));
    CHECK(account.admit(5, true));
    CHECK(account.has_last());
    account.sent(5);
    CHECK_FALSE(account.admit(1, false));  // after the last
    CHECK(account.unsent() == stream_unsent_max - 5);
}

TEST_CASE("chunk queue: bytes come out in the order in which they went in", "[plugin][streams]") {
    chunk_queue queue;
    queue.push({});
    CHECK(queue.empty());
    queue.push({1, 2, 3});
    queue.append(byte_buffer{4, 5}, 5);
    queue.append(byte_buffer{6}, 5);
    CHECK(queue.size() == 6);
    byte_buffer some(4);
    CHECK(queue.read(some) == 4);
    CHECK(some == byte_buffer{1, 2, 3, 4});
    CHECK(queue.front().size() == 1);
    CHECK(queue.take(9) == byte_buffer{5, 6});
    CHECK(queue.empty());
    CHECK(queue.read(some) == 0);
    queue.push({7, 8});
    CHECK(queue.take(9) == byte_buffer{7, 8});
    queue.push({1, 2, 3, 4});
    queue.drop(2);
    CHECK(queue.take(1) == byte_buffer{3});
    queue.clear();
    CHECK(queue.front().empty());
}
