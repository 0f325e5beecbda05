// SPDX-License-Identifier: Apache-2.0
#include "app/trace_recorder.hpp"
#include "gossip/proto/trace_hop.hpp"
#include "identity/secret_key.hpp"
#include "support/catch.hpp"

using namespace meshhost;
using app::trace_recorder;

namespace {

struct bench {
    explicit bench(std::uint64_t one_in = 0)
        : recorder(shard, {.one_in = one_in, .seed = 3, .self = self, .name_of = [](const auto&) {
                               return "";
                           }}) {}
    /// Whether one more message of ours is followed.
    bool sends() {
        const auto context = recorder.on_broadcast(topic, as_bytes("hello"));
        if (!context.empty()) recorder.on_sent();
        return !context.empty();
    }
    void hears(std::uint8_t flags, std::uint8_t trace = 5) {
        wire::trace_context context;
        context.trace.fill(trace);
        context.span.fill(6);
        context.flags = flags;
        gossip::proto::message_output message;
        message.topic = topic;
        message.hops = 2;
        message.trace = gossip::proto::shared_bytes::copy_of(wire::encode(context));
        recorder.on_delivery(message);
    }
    std::size_t kept() const { return recorder.spans().spans().size(); }

    net::shard shard;
    identity::endpoint_id self = identity::secret_key::generate().id();
    identity::topic_id topic{};
    trace_recorder recorder;
};

}  // namespace

TEST_CASE("trace: nothing is followed but what is asked for", "[app]") {
    bench b;
    for (int i = 0; i < 100; ++i)
        CHECK_FALSE(b.sends());
    b.recorder.follow_next();
    CHECK(b.sends());
    CHECK_FALSE(b.sends());
    REQUIRE(b.kept() == 1);
    const auto& span = b.recorder.spans().spans().front();
    CHECK(span.name == "mesh.gossip.publish");
    CHECK(span.trace == b.recorder.last());
    CHECK(span.parent == telemetry::span_id{});
    CHECK(span.id == gossip::proto::span_of_hop(span.trace, b.self));
}

TEST_CASE("trace: what is too dear is not followed, but for what is asked for", "[app]") {
    bench b(1);
    b.recorder.set_factor(0);
    CHECK_FALSE(b.sends());
    b.recorder.follow_next();
    CHECK(b.sends());
    b.recorder.set_factor(1);
    CHECK(b.sends());
}

TEST_CASE(
    "trace: hops of every message are counted, with the trace of one that is followed",
    "[app]"
) {
    bench b;
    gossip::proto::message_output plain;
    plain.hops = 2;
    b.recorder.on_delivery(plain);
    CHECK(b.recorder.hops().point().count == 1);
    CHECK(b.recorder.hops().point().exemplars.empty());
    b.hears(1, 9);
    CHECK(b.recorder.hops().point().count == 2);
    REQUIRE(b.recorder.hops().point().exemplars.size() == 1);
    CHECK(b.recorder.hops().point().exemplars.front().trace.front() == 9);
    b.hears(0);
    CHECK(b.recorder.hops().point().count == 3);
}

TEST_CASE("trace: what did not go out is not told", "[app]") {
    bench b(1);
    CHECK_FALSE(b.recorder.on_broadcast(b.topic, as_bytes("x")).empty());
    CHECK(b.kept() == 0);
}

TEST_CASE("trace: chance follows no more than so many a second", "[app]") {
    bench b(1);
    unsigned followed = 0;
    for (int i = 0; i < 1000; ++i)
        followed += b.sends() ? 1 : 0;
    CHECK(followed >= 5);
    CHECK(followed <= 10);  // a second may turn meanwhile
}

TEST_CASE("trace: a delivery is the child of the host it came from", "[app]") {
    bench b;
    b.hears(1);
    REQUIRE(b.kept() == 1);
    const auto& span = b.recorder.spans().spans().front();
    CHECK(span.name == "mesh.gossip.deliver");
    CHECK(span.parent == telemetry::span_id{6, 6, 6, 6, 6, 6, 6, 6});
    CHECK(span.id == gossip::proto::span_of_hop(span.trace, b.self));
}

TEST_CASE("trace: what is not sampled, or too much, is let pass", "[app]") {
    bench b;
    b.hears(0);
    CHECK(b.kept() == 0);
    for (int i = 0; i < 1000; ++i)
        b.hears(1, static_cast<std::uint8_t>(i | 1));
    CHECK(b.kept() >= trace_recorder::deliveries_per_second);
    CHECK(b.kept() <= 2 * trace_recorder::deliveries_per_second);
}
