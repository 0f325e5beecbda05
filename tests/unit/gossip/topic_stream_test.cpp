// SPDX-License-Identifier: Apache-2.0
#include "gossip/proto/errc.hpp"
#include "gossip/proto/limits.hpp"
#include "gossip/proto/topic_stream.hpp"
#include "gossip_samples.hpp"
#include "support/catch.hpp"

using namespace meshhost;
using namespace meshhost::gossip::proto;
using test::sample_topic;

namespace {

byte_buffer frame_of_size(std::uint32_t size) {
    byte_buffer out{
        static_cast<std::uint8_t>(size >> 24),
        static_cast<std::uint8_t>(size >> 16),
        static_cast<std::uint8_t>(size >> 8),
        static_cast<std::uint8_t>(size)};
    out.resize(out.size() + size, 'x');
    return out;
}

}  // namespace

TEST_CASE("gossip: a stream begins with its topic", "[gossip][stream]") {
    const byte_buffer header = make_stream_header(sample_topic());
    CHECK(to_hex(header) == "00000020" + sample_topic().to_hex());
    topic_stream_reader reader;
    reader.feed(header);
    CHECK_FALSE(reader.poll());
    CHECK(reader.topic() == sample_topic());
    CHECK(reader.held() == 0);
    reader.feed(frame_of_size(3));
    const auto frame = reader.poll();
    REQUIRE(frame);
    CHECK(frame->size() == 3);
    CHECK_FALSE(reader.poll());
}

TEST_CASE("gossip: how a stream is cut does not matter", "[gossip][stream]") {
    byte_buffer stream = make_stream_header(sample_topic());
    for (const std::uint32_t size : {1U, 0U, 4096U, 7U}) {
        const byte_buffer frame = frame_of_size(size);
        stream.insert(stream.end(), frame.begin(), frame.end());
    }
    for (const std::size_t chunk : {1UL, 3UL, 100UL, stream.size()}) {
        topic_stream_reader reader;
        std::vector<std::size_t> sizes;
        for (std::size_t at = 0; at < stream.size(); at += chunk) {
            const std::size_t size = std::min(chunk, stream.size() - at);
            reader.feed(bytes_view(stream).subspan(at, size));
            while (const auto frame = reader.poll())
                sizes.push_back(frame->size());
            CHECK(reader.held() < frame_length_size + frame_size_max);
        }
        CHECK(sizes == std::vector<std::size_t>{1, 0, 4096, 7});
        CHECK(reader.held() == 0);
    }
}

TEST_CASE("gossip: a stream of something else is an error that stays", "[gossip][stream]") {
    topic_stream_reader no_topic;
    no_topic.feed(frame_of_size(31));
    CHECK_FALSE(no_topic.poll());
    CHECK(no_topic.error() == errc::bad_header);

    topic_stream_reader too_large;
    too_large.feed(make_stream_header(sample_topic()));
    too_large.feed(frame_of_size(4097));
    CHECK_FALSE(too_large.poll());
    CHECK(too_large.error() == errc::frame_too_large);
    too_large.feed(frame_of_size(1));
    CHECK_FALSE(too_large.poll());
}
