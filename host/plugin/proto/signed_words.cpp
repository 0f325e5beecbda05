// SPDX-License-Identifier: Apache-2.0
#include "plugin/proto/signed_words.hpp"

#include "base/assert.hpp"
#include "wire/byte_writer.hpp"

namespace meshhost::plugin::proto {

byte_buffer signed_words(std::string_view context, bytes_view message) {
    using namespace std::string_view_literals;
    MH_ASSERT(context.size() <= sign_context_max, "checked where it was said");
    byte_buffer words;
    wire::byte_writer out(words);
    out.bytes(as_bytes("meshhost plugin signature v1\0"sv));
    out.u16be(static_cast<std::uint16_t>(context.size()));
    out.bytes(as_bytes(context));
    out.bytes(message);
    return words;
}

}  // namespace meshhost::plugin::proto
