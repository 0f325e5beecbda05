// SPDX-License-Identifier: Apache-2.0
// One frame body of a gossip stream, and its bytes taken as an AddrInfo and as an extension.
#include "base/assert.hpp"
#include "gossip/proto/addr_info.hpp"
#include "gossip/proto/message.hpp"

#include <algorithm>

using namespace meshhost;
using namespace meshhost::gossip::proto;

namespace {

id_cache& ids() {
    static id_cache cache(16);
    return cache;
}

void check_message(bytes_view body) {
    const auto decoded = decode_message(body, ids());
    if (!decoded) return;
    MH_ASSERT(decoded->extension.size() < body.size(), "an extension comes after a message");
    byte_buffer frame;
    if (!append_frame(frame, decoded->what)) {
        MH_ASSERT(
            body.size() > frame_sent_max,
            "only the longest that one may read is not written"
        );
        return;
    }
    const bytes_view again = bytes_view(frame).subspan(frame_length_size);
    MH_ASSERT(again.size() <= body.size(), "nothing is made up");
    const auto second = decode_message(again, ids());
    MH_ASSERT(second && second->extension.empty(), "what was written is read");
    byte_buffer rewritten;
    append_frame(rewritten, second->what);
    MH_ASSERT(rewritten == frame, "and is the same");
    MH_ASSERT(class_of(second->what) == class_of(decoded->what), "of the same class");
}

void check_extension(bytes_view bytes) {
    const extension read = decode_extension(bytes);
    byte_buffer out;
    append_extension(out, read);
    MH_ASSERT(out.size() <= extension_size_max, "bounded");
    const extension again = decode_extension(out);
    MH_ASSERT(again.how == read.how && again.is_heal == read.is_heal, "flags are kept");
    MH_ASSERT(std::ranges::equal(again.trace, read.trace), "so is the trace");
    MH_ASSERT(std::ranges::equal(again.component, read.component), "so is the mark");
}

void check_addr_info(bytes_view bytes) {
    const auto read = decode_addr_info(bytes);
    if (!read) return;
    MH_ASSERT(read->direct.size() <= addr_info_direct_max, "bounded");
    addr_info sorted = *read;
    std::sort(sorted.direct.begin(), sorted.direct.end());
    const auto again = decode_addr_info(encode_addr_info(*read, 4096));
    MH_ASSERT(again && *again == sorted, "what was read is written and read as the same");
    MH_ASSERT(encode_addr_info(*read, 256).size() <= 256, "bounded");
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const bytes_view input(data, size);
    check_message(input);
    check_extension(input);
    check_addr_info(input);
    return 0;
}
