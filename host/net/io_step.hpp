// SPDX-License-Identifier: Apache-2.0
#pragma once
// What one attempt to read or write without waiting came to.
#include <cstddef>
#include <cstdint>

namespace meshhost::net {

enum class io_state : std::uint8_t {
    done,         ///< all that was asked, or some of it to read
    wants_read,   ///< nothing is there yet
    wants_write,  ///< the other end takes no more now: again when it does, with what is left
    ended,        ///< the other end sends no more
    failed,
};

struct io_step {
    std::size_t count = 0;  ///< bytes read, or taken to be written
    io_state state = io_state::done;
};

}  // namespace meshhost::net
