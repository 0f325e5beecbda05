// SPDX-License-Identifier: Apache-2.0
#pragma once
// What a stream has no room for yet, in order. Its user bounds it, and calls flush() when the
// stream is writable.
#include "transport/stream.hpp"

namespace meshhost::transport {

class unsent_bytes {
public:
    bool empty() const noexcept { return bytes_.empty(); }
    std::size_t size() const noexcept { return bytes_.size(); }

    void push(bytes_view data) { bytes_.insert(bytes_.end(), data.begin(), data.end()); }

    /// Writes what fits; with `fin`, ends the stream behind the last byte. True: all of it did.
    bool flush(stream& to, bool fin = false) {
        const std::size_t taken = to.write(bytes_, fin);
        bytes_.erase(bytes_.begin(), bytes_.begin() + static_cast<std::ptrdiff_t>(taken));
        return bytes_.empty();
    }

private:
    byte_buffer bytes_;
};

}  // namespace meshhost::transport
