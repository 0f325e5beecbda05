// SPDX-License-Identifier: Apache-2.0
#include "observe/proto/unpack_gzip.hpp"

#include "base/assert.hpp"

#include <algorithm>
#include <zlib.h>

namespace meshhost::observe::proto {

namespace {

constexpr int window = 15;
constexpr int only_gzip = 16;
constexpr std::size_t room = 16u << 10;

struct inflater {
    inflater() {
        const int done = ::inflateInit2(&stream, window + only_gzip);
        MH_ASSERT(done == Z_OK, "there is memory for it");
    }
    ~inflater() { ::inflateEnd(&stream); }
    inflater(const inflater&) = delete;
    inflater& operator=(const inflater&) = delete;

    z_stream stream{};
};

}  // namespace

unpacked unpack_gzip(std::string_view packed, std::size_t bytes_max) {
    inflater of;
    auto& stream = of.stream;
    // zlib takes what it reads as not const, and does not write there.
    stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(packed.data()));
    stream.avail_in = static_cast<uInt>(packed.size());
    unpacked out;
    while (true) {
        Bytef piece[room];
        stream.next_out = piece;
        stream.avail_out = room;
        const int done = ::inflate(&stream, Z_NO_FLUSH);
        const std::size_t made = room - stream.avail_out;
        if (done != Z_OK && done != Z_STREAM_END) return {{}, unpack_fault::not_gzip};
        if (made > bytes_max - out.text.size()) return {{}, unpack_fault::too_large};
        out.text.append(reinterpret_cast<const char*>(piece), made);
        if (done != Z_STREAM_END) continue;
        if (stream.avail_in == 0) return out;
        ::inflateReset(&stream);
    }
}

}  // namespace meshhost::observe::proto
