// SPDX-License-Identifier: Apache-2.0
#include "net/deadline_timer.hpp"

#include "net/shard.hpp"

#include <boost/asio/basic_waitable_timer.hpp>

#include <cstdint>

namespace meshhost::net {

// With the loop's own executor a wake-up calls its handler directly; the default one erases it.
using steady_timer = boost::asio::basic_waitable_timer<
    std::chrono::steady_clock,
    boost::asio::wait_traits<std::chrono::steady_clock>,
    boost::asio::io_context::executor_type>;

struct deadline_timer::state {
    state(shard& owner_, deadline_sink& sink_, const char* made_in)
        : owner(owner_)
        , sink(&sink_)
        , timer(owner_.context().get_executor()) {
        book.made_in = made_in;
        owner.timers().add(book);
        ++owner.timers().waits_;
    }
    state(const state&) = delete;
    state& operator=(const state&) = delete;
    ~state() { --owner.timers().waits_; }

    shard& owner;
    deadline_sink* sink;  ///< nullptr once the timer is destroyed
    steady_timer timer;
    timer_ledger::entry book;        ///< with the deadline that is wanted; out of it once destroyed
    time_point armed = no_deadline;  ///< when the kernel wakes us: never after `wanted`
    std::uint64_t generation = 0;    ///< of the wait in flight: an older one means nothing

    static void wait(const std::shared_ptr<state>& self) {
        const time_point wanted = self->book.wanted;
        self->armed = wanted;
        self->timer.expires_at(std::chrono::steady_clock::time_point(wanted.time_since_epoch()));
        self->timer.async_wait([self, generation = ++self->generation](const auto&) {
            if (self->sink != nullptr && generation == self->generation) fired(self);
        });
    }

    static void fired(const std::shared_ptr<state>& self) {
        self->armed = no_deadline;
        if (self->book.wanted == no_deadline) return;
        const time_point now = self->owner.now();
        if (now < self->book.wanted) return wait(self);
        self->book.wanted = no_deadline;
        self->sink->on_deadline(now);
    }
};

deadline_timer::deadline_timer(shard& owner, deadline_sink& sink, const char* made_in)
    : state_(std::make_shared<state>(owner, sink, made_in)) {}

deadline_timer::~deadline_timer() {
    state_->sink = nullptr;
    state_->book.unlink();
    state_->timer.cancel();
}

void deadline_timer::arm(time_point deadline) {
    state_->book.wanted = deadline;
    if (deadline < state_->armed) state::wait(state_);
}

}  // namespace meshhost::net
