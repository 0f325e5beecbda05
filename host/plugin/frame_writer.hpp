// SPDX-License-Identifier: Apache-2.0
#pragma once
// Messages on their way into a socket that does not block: what it does not take waits.
#include "base/bytes.hpp"
#include "plugin/proto/frame_stream.hpp"

#include <cstddef>
#include <utility>

namespace meshhost::plugin {

/// Whoever owns it bounds what waits. One thread at a time.
class frame_writer {
public:
    enum class progress { all_written, blocked, broken };

    /// Appends what `put` writes into the buffer that it is given, as one message.
    template <class Put>
    void put(Put&& put) {
        proto::append_frame(waiting_, std::forward<Put>(put));
    }

    /// As much as `socket` takes.
    progress write_to(int socket);

    bool empty() const noexcept { return waiting_.empty(); }
    /// Bytes that wait.
    std::size_t size() const noexcept { return waiting_.size() - written_; }

private:
    void forget_written();

    byte_buffer waiting_;
    std::size_t written_ = 0;  ///< of what waits
};

}  // namespace meshhost::plugin
