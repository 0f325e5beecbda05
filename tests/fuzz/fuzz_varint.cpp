// SPDX-License-Identifier: Apache-2.0
// varint: a value that can be read is written in no more bytes than it took, and read again.
#include "base/assert.hpp"
#include "wire/varint.hpp"

using namespace meshhost;
using namespace meshhost::wire;

namespace {

template <class Read, class Write>
void check(bytes_view input, Read read, Write write) {
    byte_reader in(input);
    const auto value = read(in);
    if (!in.ok()) {
        MH_ASSERT(value == 0, "a failed read gives nothing");
        return;
    }
    byte_buffer written;
    byte_writer out(written);
    write(out, value);
    MH_ASSERT(written.size() <= in.position(), "the shortest form is written");
    byte_reader again(written);
    MH_ASSERT(read(again) == value && again.at_end(), "what is written can be read");
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const bytes_view input(data, size);
    check(input, read_quic_varint, write_quic_varint);
    check(input, read_leb128_u16, write_leb128);
    check(input, read_leb128_u32, write_leb128);
    check(input, read_leb128_u64, write_leb128);
    return 0;
}
