// SPDX-License-Identifier: Apache-2.0
#include "observe/proto/packed_text.hpp"

#include "base/assert.hpp"

#include <zlib.h>

namespace meshhost::observe::proto {

namespace {

constexpr int level = 3;  ///< the best of the quick ones

const Bytef* bytes_of(std::string_view text) {
    return reinterpret_cast<const Bytef*>(text.data());
}

Bytef* bytes_of(std::string& text) {
    return reinterpret_cast<Bytef*>(text.data());
}

}  // namespace

packed_text::packed_text(std::string_view text)
    : unpacked_size_(text.size()) {
    uLongf size = ::compressBound(text.size());
    std::string room(size, '\0');
    const int done = ::compress2(bytes_of(room), &size, bytes_of(text), text.size(), level);
    MH_ASSERT(done == Z_OK, "there is room for it");
    packed_.assign(room.data(), size);
}

std::string packed_text::unpack() const {
    std::string text(unpacked_size_, '\0');
    uLongf size = text.size();
    const int done = ::uncompress(bytes_of(text), &size, bytes_of(packed_), packed_.size());
    MH_ASSERT(done == Z_OK && size == text.size(), "it is of our own making");
    return text;
}

}  // namespace meshhost::observe::proto
