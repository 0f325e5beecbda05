// SPDX-License-Identifier: Apache-2.0
// What another host may send on a stream of mesh/message/1: the first byte says how the rest is
// cut. What is read as a request or an answer is written and read again.
#include "base/assert.hpp"
#include "message/frame.hpp"

#include <algorithm>

using namespace meshhost;
using namespace meshhost::message;

namespace {

/// Behind the length.
bytes_view content(const byte_buffer& frame) {
    return bytes_view(frame).subspan(4);
}

void check_asked(bytes_view frame) {
    const auto read = decode_asked(frame);
    if (!read) return;
    MH_ASSERT(is_port_name(read->port) && read->body.size() <= body_max, "within its limits");
    const auto written = encode(read->port, read->timeout, read->secret, read->body);
    MH_ASSERT(std::ranges::equal(content(written), frame), "there is one way to write it");
}

void check_answer(bytes_view frame) {
    const auto read = decode_answer(frame);
    if (!read) return;
    const auto written = encode(read->status, read->body);
    MH_ASSERT(std::ranges::equal(content(written), frame), "there is one way to write it");
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    if (size == 0) return 0;
    bytes_view stream(data + 1, size - 1);
    const std::size_t chunk = data[0] + 1u;
    frame_reader reader;
    while (!stream.empty()) {
        bytes_view part = stream.first(std::min(chunk, stream.size()));
        stream = stream.subspan(part.size());
        const auto state = reader.take(part);
        MH_ASSERT(reader.frame().size() <= frame_max, "bounded");
        if (state == frame_reader::state::broken) return 0;
        if (state == frame_reader::state::reading) continue;
        check_asked(reader.frame());
        check_answer(reader.frame());
        return 0;
    }
    return 0;
}
