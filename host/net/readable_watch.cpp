// SPDX-License-Identifier: Apache-2.0
#include "net/readable_watch.hpp"

#include "net/shard.hpp"

#include <boost/asio/posix/basic_stream_descriptor.hpp>

#include <cstdint>
#include <utility>

namespace meshhost::net {

// With the loop's own executor a wake-up calls its handler directly; the default one erases it.
using stream_descriptor =
    boost::asio::posix::basic_stream_descriptor<boost::asio::io_context::executor_type>;

struct readable_watch::state {
    state(shard& owner_, int descriptor_, readable_sink& sink_)
        : owner(owner_)
        , sink(&sink_)
        , handle(descriptor_)
        , descriptor(owner_.context().get_executor()) {}

    // Not ours to close.
    ~state() { stop(); }

    void stop() {
        sink = nullptr;
        if (descriptor.is_open()) descriptor.release();
    }

    result<void> assign() {
        error_code error;
        descriptor.assign(handle, error);
        if (error) return error;
        return {};
    }

    /// Waiting anew also asks the kernel anew, so a sink that left something behind is called
    /// again although epoll tells Asio of edges only.
    static void wait_readable(const std::shared_ptr<state>& self) {
        if (self->is_paused || self->is_waiting) return;
        self->is_waiting = true;
        self->descriptor.async_wait(
            stream_descriptor::wait_read,
            [self, registration = self->registration](const error_code& error) {
                if (!self->is_current(registration)) return;
                self->is_waiting = false;
                if (!error && !self->is_paused) turn(self);
            }
        );
    }

    static void turn(const std::shared_ptr<state>& self) {
        const bool drained = self->sink->on_readable();
        if (self->sink == nullptr) return;
        if (drained || self->is_paused) return wait_readable(self);
        self->is_waiting = true;
        self->owner.post([self, registration = self->registration] {
            if (!self->is_current(registration)) return;
            self->is_waiting = false;
            if (!self->is_paused) turn(self);
        });
    }

    static void wait_writable(const std::shared_ptr<state>& self) {
        self->wants_writable = true;
        self->descriptor.async_wait(
            stream_descriptor::wait_write,
            [self, registration = self->registration](const error_code& error) {
                if (self->is_current(registration) && !error) writable(self);
            }
        );
    }

    /// Once asked, Asio listens for writability for good, and every later wait for reading would
    /// wake the loop for nothing. A new registration forgets it.
    static void writable(const std::shared_ptr<state>& self) {
        self->wants_writable = false;
        ++self->registration;
        self->is_waiting = false;
        self->descriptor.release();
        register_again(self);
        self->sink->on_writable();
    }

    /// The kernel may be out of memory for a moment; a descriptor that nobody watches would be
    /// silent for ever.
    static void register_again(const std::shared_ptr<state>& self) {
        if (self->assign()) return wait_readable(self);
        self->owner.post([self] {
            if (self->sink != nullptr) register_again(self);
        });
    }

    bool is_current(std::uint64_t of) const noexcept {
        return sink != nullptr && of == registration;
    }

    shard& owner;
    readable_sink* sink;  ///< nullptr once the watch is destroyed
    const int handle;
    stream_descriptor descriptor;
    std::uint64_t registration = 0;  ///< what a wait began under: an older one means nothing
    bool wants_writable = false;
    bool is_waiting = false;  ///< for something to read, under this registration
    bool is_paused = false;
};

readable_watch::readable_watch(shard& owner, int descriptor, readable_sink& sink)
    : state_(std::make_shared<state>(owner, descriptor, sink)) {}

readable_watch::~readable_watch() {
    state_->stop();
}

result<void> readable_watch::start() {
    if (result<void> assigned = state_->assign(); !assigned) return assigned;
    state::wait_readable(state_);
    return {};
}

void readable_watch::watch_writable() {
    if (!state_->wants_writable) state::wait_writable(state_);
}

void readable_watch::pause_reading() {
    state_->is_paused = true;
}

bool readable_watch::is_paused() const noexcept {
    return state_->is_paused;
}

void readable_watch::resume_reading() {
    if (!std::exchange(state_->is_paused, false)) return;
    state::wait_readable(state_);
}

}  // namespace meshhost::net
