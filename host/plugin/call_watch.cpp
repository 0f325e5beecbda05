// SPDX-License-Identifier: Apache-2.0
#include "plugin/call_watch.hpp"

#include "plugin/stack_sampler.hpp"
#include "plugin/strand_clock.hpp"

#include <spdlog/fmt/fmt.h>

#include <unistd.h>

namespace meshhost::plugin {

void call_watch::bind_thread() {
    pulse_->thread = ::gettid();
    let_sample(*pulse_);
}

void call_watch::enter(activity doing, std::uint32_t event_kind) {
    pulse_->calls.fetch_add(1, std::memory_order_relaxed);
    pulse_->doing.store(doing, std::memory_order_relaxed);
    pulse_->event_kind.store(event_kind, std::memory_order_relaxed);
    pulse_->since.store(strand_now().time_since_epoch().count(), std::memory_order_release);
    if (pulse_->is_watched.load(std::memory_order_relaxed)) return;
    pulse_->is_watched = true;
    to_host_->send(proto::up::call_begun{});
}

void call_watch::leave() noexcept {
    pulse_->since.store(0, std::memory_order_release);
}

std::string_view name_of(activity doing) noexcept {
    switch (doing) {
    case activity::none:
        break;
    case activity::create:
        return "create";
    case activity::start:
        return "start";
    case activity::drain:
        return "drain";
    case activity::stop:
        return "stop";
    case activity::destroy:
        return "destroy";
    case activity::on_event:
        return "on_event";
    case activity::save:
        return "save";
    case activity::restore:
        return "restore";
    case activity::adopt:
        return "adopt";
    case activity::validate:
        return "validate";
    case activity::apply:
        return "apply";
    }
    return "its own time";
}

std::string text_of(activity doing, std::uint32_t event_kind) {
    if (doing != activity::on_event) return std::string(name_of(doing));
    return fmt::format("on_event({}:{})", event_kind >> 16, event_kind & 0xffff);
}

}  // namespace meshhost::plugin
