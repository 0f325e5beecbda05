// SPDX-License-Identifier: Apache-2.0
#include "plugin/frame_writer.hpp"

#include <sys/socket.h>

#include <cerrno>

namespace meshhost::plugin {

namespace {

/// Moving the rest costs, too.
constexpr std::size_t written_kept_max = std::size_t{1} << 20;

}  // namespace

frame_writer::progress frame_writer::write_to(int socket) {
    while (written_ < waiting_.size()) {
        const auto sent = ::send(
            socket,
            waiting_.data() + written_,
            waiting_.size() - written_,
            MSG_NOSIGNAL | MSG_DONTWAIT
        );
        if (sent < 0 && errno == EINTR) continue;
        if (sent < 0) {
            if (errno != EAGAIN) return progress::broken;
            forget_written();
            return progress::blocked;
        }
        written_ += static_cast<std::size_t>(sent);
    }
    waiting_.clear();
    written_ = 0;
    return progress::all_written;
}

/// Of a reader who never takes all of it, what was written would be kept for ever.
void frame_writer::forget_written() {
    if (written_ < written_kept_max || written_ < waiting_.size() / 2) return;
    waiting_.erase(waiting_.begin(), waiting_.begin() + static_cast<std::ptrdiff_t>(written_));
    written_ = 0;
}

}  // namespace meshhost::plugin
