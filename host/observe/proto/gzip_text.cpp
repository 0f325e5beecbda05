// SPDX-License-Identifier: Apache-2.0
#include "observe/proto/gzip_text.hpp"

#include "base/assert.hpp"

#include <algorithm>
#include <limits>
#include <utility>
#include <zlib.h>

namespace meshhost::observe::proto {

namespace {

constexpr int level = 3;  ///< the best of the quick ones
constexpr int window = 15;
constexpr int with_gzip = 16;  ///< its header instead of zlib's
constexpr int memory = 8;
constexpr std::size_t room = 16u << 10;  ///< by which the output grows at least

}  // namespace

struct gzip_text::machine {
    explicit machine(wrapper in) {
        const int bits = in == wrapper::gzip ? window + with_gzip : window;
        const int done =
            ::deflateInit2(&stream, level, Z_DEFLATED, bits, memory, Z_DEFAULT_STRATEGY);
        MH_ASSERT(done == Z_OK, "there is memory for it");
    }
    ~machine() { ::deflateEnd(&stream); }

    z_stream stream{};
};

gzip_text::gzip_text(wrapper in)
    : machine_(std::make_unique<machine>(in)) {}

gzip_text::gzip_text(gzip_text&&) noexcept = default;
gzip_text& gzip_text::operator=(gzip_text&&) noexcept = default;
gzip_text::~gzip_text() = default;

void gzip_text::add(std::string_view piece) {
    constexpr std::size_t most = std::numeric_limits<uInt>::max();
    for (; !piece.empty(); piece.remove_prefix(std::min(most, piece.size())))
        run(piece.substr(0, most), Z_NO_FLUSH);
}

std::string gzip_text::finish() {
    run({}, Z_FINISH);
    machine_.reset();
    return std::move(packed_);
}

void gzip_text::run(std::string_view piece, int flush) {
    auto& stream = machine_->stream;
    // zlib takes what it reads as not const, and does not write there.
    stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(piece.data()));
    stream.avail_in = static_cast<uInt>(piece.size());
    do {
        Bytef out[room];
        stream.next_out = out;
        stream.avail_out = room;
        const int done = ::deflate(&stream, flush);
        MH_ASSERT(done != Z_STREAM_ERROR, "it is in order");
        packed_.append(reinterpret_cast<const char*>(out), room - stream.avail_out);
    } while (stream.avail_out == 0);
}

}  // namespace meshhost::observe::proto
