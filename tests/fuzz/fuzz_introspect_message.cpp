// SPDX-License-Identifier: Apache-2.0
// What another host may send on a stream of mesh/introspect/1: the first byte says how the rest is
// cut. What is read as a question or a head is written and read again.
#include "base/assert.hpp"
#include "introspect/message.hpp"

#include <algorithm>

using namespace meshhost;
using namespace meshhost::introspect;

namespace {

/// Behind the length.
bytes_view content(const byte_buffer& message) {
    return bytes_view(message).subspan(4);
}

void check_question(bytes_view message) {
    const auto read = decode_question(message);
    if (!read) return;
    const auto written = encode(*read);
    if (!written) return;  // escapes may take more room than what they were read from
    const auto again = decode_question(content(*written));
    MH_ASSERT(again.has_value(), "what is written is read");
    MH_ASSERT(again->asked.path == read->asked.path, "as it was");
    MH_ASSERT(again->asked.query == read->asked.query, "as it was");
    MH_ASSERT(again->asked.body == read->asked.body, "as it was");
}

void check_head(bytes_view message) {
    const auto read = decode_head(message);
    if (!read) return;
    const auto again = decode_head(content(encode(*read)));
    MH_ASSERT(again.has_value() && again->status == read->status, "what is written is read");
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    if (size == 0) return 0;
    bytes_view stream(data + 1, size - 1);
    const std::size_t chunk = data[0] + 1u;
    message_reader reader;
    while (!stream.empty()) {
        bytes_view part = stream.first(std::min(chunk, stream.size()));
        stream = stream.subspan(part.size());
        const auto state = reader.take(part);
        MH_ASSERT(reader.message().size() <= message_max, "bounded");
        if (state == message_reader::state::broken) return 0;
        if (state == message_reader::state::reading) continue;
        check_question(reader.message());
        check_head(reader.message());
        return 0;
    }
    return 0;
}
