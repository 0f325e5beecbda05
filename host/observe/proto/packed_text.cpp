// SPDX-License-Identifier: Apache-2.0
#include "observe/proto/packed_text.hpp"

#include "base/assert.hpp"

#include <zlib.h>

namespace meshhost::observe::proto {

namespace {

constexpr int level = 3;  ///< the best of the quick ones
constexpr std::size_t room = 32u << 10;

const Bytef* bytes_of(std::string_view text) {
    return reinterpret_cast<const Bytef*>(text.data());
}

Bytef* bytes_of(std::string& text) {
    return reinterpret_cast<Bytef*>(text.data());
}

/// Takes the lines that are whole out of `text`.
void take_lines(std::string& text, const std::function<void(std::string_view)>& take) {
    std::size_t begin = 0;
    for (auto end = text.find('\n'); end != std::string::npos; end = text.find('\n', begin)) {
        take(std::string_view(text).substr(begin, end - begin));
        begin = end + 1;
    }
    text.erase(0, begin);
}

}  // namespace

std::string pack(std::string_view text) {
    uLongf size = ::compressBound(text.size());
    std::string packed(size, '\0');
    const int done = ::compress2(bytes_of(packed), &size, bytes_of(text), text.size(), level);
    MH_ASSERT(done == Z_OK, "there is room for it");
    packed.resize(size);
    return packed;
}

std::string unpack(std::string_view packed, std::size_t size) {
    std::string text(size, '\0');
    uLongf done_size = size;
    const int done = ::uncompress(bytes_of(text), &done_size, bytes_of(packed), packed.size());
    MH_ASSERT(done == Z_OK && done_size == size, "it is of our own making");
    return text;
}

void unpack_lines(std::string_view packed, const std::function<void(std::string_view)>& take) {
    z_stream stream{};
    // zlib takes what it reads as not const, and does not write there.
    stream.next_in = const_cast<Bytef*>(bytes_of(packed));
    stream.avail_in = static_cast<uInt>(packed.size());
    int done = ::inflateInit(&stream);
    MH_ASSERT(done == Z_OK, "there is memory for it");
    std::string text;
    std::string piece(room, '\0');
    while (done == Z_OK) {
        stream.next_out = bytes_of(piece);
        stream.avail_out = static_cast<uInt>(piece.size());
        done = ::inflate(&stream, Z_NO_FLUSH);
        text.append(piece, 0, piece.size() - stream.avail_out);
        take_lines(text, take);
    }
    ::inflateEnd(&stream);
    MH_ASSERT(done == Z_STREAM_END, "it is of our own making");
    if (!text.empty()) take(text);
}

}  // namespace meshhost::observe::proto
