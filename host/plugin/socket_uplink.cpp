// SPDX-License-Identifier: Apache-2.0
#include "plugin/socket_uplink.hpp"

#include "plugin/event_queue.hpp"
#include "plugin/proto/limits.hpp"

#include <sys/eventfd.h>

#include <poll.h>
#include <utility>

namespace meshhost::plugin {

socket_uplink::socket_uplink(int socket, std::shared_ptr<event_queue> queue)
    : socket_(socket)
    , wake_(::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK))
    , queue_(std::move(queue)) {}

bool socket_uplink::offer(proto::up_message message) {
    const std::lock_guard lock(mutex_);
    if (waiting_.size() > proto::uplink_bytes_max) {
        is_awaited_ = true;
        return false;
    }
    put(proto::from_worker(std::move(message)));
    return true;
}

void socket_uplink::send(proto::up_message message) {
    const bool is_last = std::holds_alternative<proto::up::exited>(message);
    const std::lock_guard lock(mutex_);
    put(proto::from_worker(std::move(message)));
    if (!is_last) return;
    has_ended_ = true;
    ::eventfd_write(wake_.get(), 1);
}

void socket_uplink::say_created(const proto::worker::created& how) {
    const std::lock_guard lock(mutex_);
    put(proto::from_worker(how));
}

void socket_uplink::put(const proto::from_worker& message) {
    if (is_broken_) return;
    const bool was_empty = waiting_.empty();
    waiting_.put([&message](byte_buffer& out) { proto::encode(message, out); });
    if (!was_empty) return;
    write_some();
    if (!waiting_.empty()) ::eventfd_write(wake_.get(), 1);
}

void socket_uplink::write_some() {
    is_broken_ = waiting_.write_to(socket_) == frame_writer::progress::broken;
}

bool socket_uplink::flush() {
    eventfd_t ignored = 0;
    ::eventfd_read(wake_.get(), &ignored);
    const std::lock_guard lock(mutex_);
    write_some();
    const bool has_room = waiting_.size() <= proto::uplink_bytes_max / 2;
    if (has_room && std::exchange(is_awaited_, false)) queue_->send(proto::down::uplink_ready{});
    return !is_broken_;
}

bool socket_uplink::has_backlog() const {
    const std::lock_guard lock(mutex_);
    return !waiting_.empty() && !is_broken_;
}

void socket_uplink::drain() {
    while (has_backlog()) {
        pollfd waited{socket_, POLLOUT, 0};
        ::poll(&waited, 1, -1);
        flush();
    }
}

}  // namespace meshhost::plugin
