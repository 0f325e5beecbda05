// SPDX-License-Identifier: Apache-2.0
// postcard: the first bytes say what to read, one type each, up to a byte 0xff; the rest is read.
// Whatever was read is written and read again as the same bytes.
#include "base/assert.hpp"
#include "wire/postcard.hpp"

#include <algorithm>

using namespace meshhost;
using wire::postcard_reader;
using wire::postcard_writer;

namespace {

constexpr std::uint8_t end_of_types = 0xff;
constexpr std::size_t length_max = 256;

/// Reads one value of the type and writes it; what is written is of no use when the read failed.
void transcribe(std::uint8_t type, postcard_reader& in, postcard_writer& out) {
    switch (type % 10) {
    case 0:
        out.u8(in.u8());
        break;
    case 1:
        out.varint(in.u16());
        break;
    case 2:
        out.varint(in.u32());
        break;
    case 3:
        out.varint(in.u64());
        break;
    case 4:
        out.i64(in.i64());
        break;
    case 5:
        out.f64(in.f64());
        break;
    case 6:
        out.option(in.option());
        break;
    case 7:
        out.fixed(in.fixed(type));
        break;
    case 8:
        out.bytes(in.bytes(length_max));
        break;
    default:
        out.string(in.string(length_max));
    }
}

/// The values of `types` in `input`, written anew; nullopt when they are not there.
std::optional<byte_buffer> transcribed(bytes_view types, bytes_view input) {
    byte_buffer written;
    postcard_writer out(written);
    postcard_reader in(input);
    for (const std::uint8_t type : types) {
        transcribe(type, in, out);
        if (!in.ok()) return std::nullopt;
    }
    return written;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const bytes_view whole(data, size);
    const auto end = std::find(whole.begin(), whole.end(), end_of_types);
    const bytes_view types(whole.begin(), end);
    const bytes_view input = end == whole.end() ? bytes_view{} : bytes_view(end + 1, whole.end());

    const auto first = transcribed(types, input);
    if (!first) return 0;
    MH_ASSERT(first->size() <= input.size(), "the shortest form is written");
    MH_ASSERT(transcribed(types, *first) == first, "what is written is read as the same");
    return 0;
}
