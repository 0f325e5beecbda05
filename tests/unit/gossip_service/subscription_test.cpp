// SPDX-License-Identifier: Apache-2.0
#include "gossip_fixture.hpp"

using namespace meshhost;
using namespace meshhost::gossip;

namespace {

proto::message_output message_of(const std::string& text) {
    proto::message_output message;
    message.topic = test::topic_of(1);
    message.content = proto::shared_bytes::copy_of(as_bytes(text));
    return message;
}

struct table_fixture {
    net::shard shard;
    service_limits limits;
    test::recording_subscriber subscriber;

    table_fixture() {
        limits.ring_events = 4;
        limits.ring_bytes = 100;
        limits.subscribers = 2;
    }
    void run() {
        shard.context().restart();
        shard.context().poll();
    }
};

}  // namespace

TEST_CASE_METHOD(
    table_fixture,
    "subscription: one wake for many events",
    "[gossip][subscription]"
) {
    subscriber_table table(shard, limits);
    const auto held = table.add(test::topic_of(1), subscriber);
    table.publish(test::topic_of(1), message_of("a"));
    table.publish(test::topic_of(1), message_of("b"));
    table.publish(test::topic_of(2), message_of("c"));
    CHECK(subscriber.messages.empty());  // never from inside a call
    run();
    CHECK(subscriber.messages == std::vector<std::string>{"a", "b"});
}

TEST_CASE_METHOD(
    table_fixture,
    "subscription: who falls behind loses the oldest and hears how many",
    "[gossip][subscription]"
) {
    subscriber_table table(shard, limits);
    subscriber.is_slow = true;
    const auto held = table.add(test::topic_of(1), subscriber);
    for (int i = 0; i < 10; ++i)
        table.publish(test::topic_of(1), message_of(std::to_string(i)));
    run();
    const auto first = held->poll();
    REQUIRE(first);
    REQUIRE(std::holds_alternative<lagged_event>(*first));
    CHECK(std::get<lagged_event>(*first).events == 6);
    subscriber.take(*held);
    CHECK(subscriber.messages == std::vector<std::string>{"6", "7", "8", "9"});
    CHECK(subscriber.lagged == 0);
    CHECK(table.lagged() == 6);
}

TEST_CASE_METHOD(
    table_fixture,
    "subscription: a ring is bounded in bytes, too",
    "[gossip][subscription]"
) {
    subscriber_table table(shard, limits);
    subscriber.is_slow = true;
    const auto held = table.add(test::topic_of(1), subscriber);
    table.publish(test::topic_of(1), message_of(std::string(60, 'a')));
    table.publish(test::topic_of(1), message_of(std::string(60, 'b')));
    subscriber.take(*held);
    CHECK(subscriber.lagged == 1);
    CHECK(subscriber.messages == std::vector<std::string>{std::string(60, 'b')});
}

TEST_CASE_METHOD(
    table_fixture,
    "subscription: whoever left is not woken, and its place is free",
    "[gossip][subscription]"
) {
    subscriber_table table(shard, limits);
    const auto held = table.add(test::topic_of(1), subscriber);
    const auto other = table.add(test::topic_of(1), subscriber);
    CHECK(table.add(test::topic_of(1), subscriber) == nullptr);
    table.publish(test::topic_of(1), message_of("a"));
    CHECK_FALSE(table.remove(*held));
    CHECK(table.remove(*other));
    CHECK_FALSE(table.remove(*other));
    run();
    CHECK(subscriber.messages.empty());
    CHECK(table.size() == 0);
    CHECK(table.topics().empty());
}
