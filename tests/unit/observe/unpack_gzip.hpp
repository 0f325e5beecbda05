// SPDX-License-Identifier: Apache-2.0
#pragma once
// What a client makes of a packed answer.
#include "support/catch.hpp"

#include <string>
#include <zlib.h>

namespace meshhost::test {

inline std::string unpack_gzip(const std::string& packed) {
    z_stream stream{};
    REQUIRE(::inflateInit2(&stream, 15 + 16) == Z_OK);
    std::string in = packed;
    stream.next_in = reinterpret_cast<Bytef*>(in.data());
    stream.avail_in = static_cast<uInt>(in.size());
    std::string out;
    int done = Z_OK;
    while (done == Z_OK) {
        char room[4096];
        stream.next_out = reinterpret_cast<Bytef*>(room);
        stream.avail_out = sizeof room;
        done = ::inflate(&stream, Z_NO_FLUSH);
        out.append(room, sizeof room - stream.avail_out);
    }
    ::inflateEnd(&stream);
    REQUIRE(done == Z_STREAM_END);
    REQUIRE(stream.avail_in == 0);
    return out;
}

}  // namespace meshhost::test
