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
    state(shard& owner_, deadline_sink& sink_)
        : owner(owner_)
        , sink(&sink_)
        , timer(owner_.context().get_executor()) {}

    shard& owner;
    deadline_sink* sink;  ///< nullptr once the timer is destroyed
    steady_timer timer;
    time_point wanted = no_deadline;
    time_point armed = no_deadline;  ///< when the kernel wakes us: never after `wanted`
    std::uint64_t generation = 0;    ///< of the wait in flight: an older one means nothing

    static void wait(const std::shared_ptr<state>& self) {
        self->armed = self->wanted;
        self->timer.expires_at(std::chrono::steady_clock::time_point(self->wanted.time_since_epoch()
        ));
        self->timer.async_wait([self, generation = ++self->generation](const auto&) {
            if (self->sink != nullptr && generation == self->generation) fired(self);
        });
    }

    static void fired(const std::shared_ptr<state>& self) {
        self->armed = no_deadline;
        if (self->wanted == no_deadline) return;
        const time_point now = self->owner.now();
        if (now < self->wanted) return wait(self);
        self->wanted = no_deadline;
        self->sink->on_deadline(now);
    }
};

deadline_timer::deadline_timer(shard& owner, deadline_sink& sink)
    : state_(std::make_shared<state>(owner, sink)) {}

deadline_timer::~deadline_timer() {
    state_->sink = nullptr;
    state_->timer.cancel();
}

void deadline_timer::arm(time_point deadline) {
    state_->wanted = deadline;
    if (deadline < state_->armed) state::wait(state_);
}

}  // namespace meshhost::net
