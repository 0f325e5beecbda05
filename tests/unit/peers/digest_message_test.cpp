// SPDX-License-Identifier: Apache-2.0
#include "peers/proto/config.hpp"
#include "peers/proto/digest_message.hpp"
#include "peers/proto/errc.hpp"
#include "support/catch.hpp"

#include <limits>
#include <vector>

using namespace meshhost;
using namespace meshhost::peers::proto;

namespace {

struct owned_frame {
    std::uint8_t type;
    byte_buffer payload;
    friend bool operator==(const owned_frame&, const owned_frame&) = default;
};

std::vector<owned_frame> read_in_chunks(bytes_view stream, std::size_t chunk) {
    frame_assembler assembler;
    std::vector<owned_frame> frames;
    while (!stream.empty()) {
        const bytes_view part = stream.first(std::min(chunk, stream.size()));
        stream = stream.subspan(part.size());
        assembler.feed(part);
        while (const auto next = assembler.poll())
            frames.push_back({next->type, byte_buffer(next->payload.begin(), next->payload.end())});
    }
    CHECK_FALSE(assembler.error());
    CHECK(assembler.held() == 0);
    return frames;
}

result<digest_message> read_one(bytes_view stream) {
    frame_assembler assembler;
    assembler.feed(stream);
    const auto next = assembler.poll();
    REQUIRE(next);
    return read_message(*next);
}

}  // namespace

TEST_CASE("frames: the cuts of the stream do not matter", "[peers][frames]") {
    const std::vector<owned_frame> sent =
        {{1, {1, 2, 3}}, {2, {}}, {200, byte_buffer(frame_payload_max, 7)}, {1, {4}}};
    byte_buffer stream;
    for (const auto& each : sent)
        append_frame(stream, each.type, each.payload);
    for (const std::size_t chunk : {1u, 2u, 3u, 5u, 4096u, 100'000u})
        CHECK(read_in_chunks(stream, chunk) == sent);
}

TEST_CASE("frames: an oversize one is refused by its header, for good", "[peers][frames]") {
    frame_assembler assembler;
    assembler.feed(byte_buffer{1, 0x10, 0x01});  // 4,097
    CHECK_FALSE(assembler.poll());
    CHECK(assembler.error() == errc::too_large);
    byte_buffer good;
    append_frame(good, 1, {});
    assembler.feed(good);
    CHECK_FALSE(assembler.poll());
    CHECK(assembler.held() == 3);
}

TEST_CASE("messages: what was written is read", "[peers][frames]") {
    const byte_buffer record{9, 8, 7};
    const auto first = read_one(make_record_frame(record)).value();
    const auto second =
        read_one(make_heard_frame({300, std::numeric_limits<std::uint64_t>::max()})).value();
    REQUIRE(std::holds_alternative<record_message>(first));
    CHECK(std::get<record_message>(first).record.size() == record.size());
    REQUIRE(std::holds_alternative<heard_message>(second));
    CHECK(
        std::get<heard_message>(second).version
        == digest_version{300, std::numeric_limits<std::uint64_t>::max()}
    );
}

TEST_CASE("messages: an unknown type is skipped, a broken one is an error", "[peers][frames]") {
    byte_buffer stream;
    append_frame(stream, 77, byte_buffer{1, 2, 3});
    CHECK(std::holds_alternative<unknown_message>(read_one(stream).value()));
    stream.clear();
    append_frame(stream, 2, byte_buffer{5});
    CHECK(read_one(stream).error() == errc::malformed);
    stream.clear();
    append_frame(stream, 2, byte_buffer{5, 6, 7, 8});
    CHECK(std::get<heard_message>(read_one(stream).value()).version == digest_version{5, 6});
}
