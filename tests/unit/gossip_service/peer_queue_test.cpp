// SPDX-License-Identifier: Apache-2.0
#include "gossip/peer_queue.hpp"
#include "support/catch.hpp"

#include <string>

using namespace meshhost;
using namespace meshhost::gossip;
using proto::traffic_class;

namespace {

proto::send_output frame_of(
    traffic_class kind,
    const std::string& text = "frame",
    bool is_urgent = false
) {
    proto::send_output frame;
    frame.frame = proto::shared_bytes::copy_of(as_bytes(text));
    frame.kind = kind;
    frame.is_urgent = is_urgent;
    return frame;
}

std::string text_of(const proto::send_output& frame) {
    const auto bytes = frame.frame.view();
    return {bytes.begin(), bytes.end()};
}

std::string drain(peer_queue& queue) {
    std::string all;
    for (; !queue.empty(); queue.pop())
        all += text_of(queue.front());
    return all;
}

service_limits limits_of(std::size_t frames, std::size_t bytes = 1000) {
    service_limits limits;
    limits.queue_frames = frames;
    limits.queue_bytes = bytes;
    return limits;
}

}  // namespace

TEST_CASE("peer queue: frames leave in the order in which they came", "[gossip][queue]") {
    peer_queue queue(limits_of(4));
    CHECK(queue.push(frame_of(traffic_class::membership, "a")));
    CHECK(queue.push(frame_of(traffic_class::payload, "b")));
    CHECK(queue.push(frame_of(traffic_class::announce, "c")));
    CHECK(queue.size() == 3);
    CHECK(queue.bytes() == 3);
    CHECK(drain(queue) == "abc");
    CHECK(queue.bytes() == 0);
}

TEST_CASE("peer queue: shuffles go first, then announcements, oldest first", "[gossip][queue]") {
    peer_queue queue(limits_of(4));
    queue.push(frame_of(traffic_class::announce, "a"));
    queue.push(frame_of(traffic_class::payload, "p"));
    queue.push(frame_of(traffic_class::shuffle, "s"));
    queue.push(frame_of(traffic_class::announce, "b"));
    CHECK(queue.push(frame_of(traffic_class::payload, "q")));
    CHECK(queue.push(frame_of(traffic_class::payload, "r")));
    CHECK(queue.dropped() == 2);
    CHECK(drain(queue) == "pbqr");
}

TEST_CASE("peer queue: a full one takes no announcement, and that is no fault", "[gossip][queue]") {
    peer_queue queue(limits_of(2));
    queue.push(frame_of(traffic_class::payload, "p"));
    queue.push(frame_of(traffic_class::payload, "q"));
    CHECK(queue.push(frame_of(traffic_class::announce, "a")));
    CHECK(queue.push(frame_of(traffic_class::shuffle, "s")));
    CHECK(queue.dropped() == 2);
    CHECK(drain(queue) == "pq");
}

TEST_CASE("peer queue: with nothing to drop the peer is too slow", "[gossip][queue]") {
    peer_queue frames(limits_of(2));
    frames.push(frame_of(traffic_class::payload));
    frames.push(frame_of(traffic_class::repair));
    CHECK_FALSE(frames.push(frame_of(traffic_class::payload)));
    CHECK(frames.size() == 2);

    peer_queue bytes(limits_of(100, 10));
    CHECK(bytes.push(frame_of(traffic_class::payload, "1234567890")));
    CHECK_FALSE(bytes.push(frame_of(traffic_class::membership, "1")));
    CHECK(bytes.bytes() == 10);
}

TEST_CASE("peer queue: urgent frames overtake all but who is a neighbour", "[gossip][queue]") {
    peer_queue queue(limits_of(8));
    queue.push(frame_of(traffic_class::payload, "p"));
    queue.push(frame_of(traffic_class::membership, "m"));
    queue.push(frame_of(traffic_class::payload, "q"));
    queue.push(frame_of(traffic_class::announce, "a"));
    queue.push(frame_of(traffic_class::payload, "U", true));
    queue.push(frame_of(traffic_class::payload, "V", true));
    CHECK(drain(queue) == "pmUVqa");
}
