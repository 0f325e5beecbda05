// SPDX-License-Identifier: Apache-2.0
#include "plugin/proto/lifecycle.hpp"

namespace meshhost::plugin::proto {

const char* to_string(instance_state state) noexcept {
    switch (state) {
    case instance_state::created:
        return "created";
    case instance_state::starting:
        return "starting";
    case instance_state::running:
        return "running";
    case instance_state::draining:
        return "draining";
    case instance_state::stopped:
        return "stopped";
    case instance_state::failed:
        return "failed";
    }
    return "unknown";
}

callback lifecycle::enter(phase next, callback ask, time_point deadline) noexcept {
    phase_ = next;
    deadline_ = deadline;
    return ask;
}

callback lifecycle::start_requested(time_point now) {
    if (phase_ != phase::created || failed_) return callback::none;
    return enter(phase::starting, callback::start, now + start_within_);
}

callback lifecycle::shutdown_requested(time_point drain_deadline) {
    shutting_down_ = true;
    switch (phase_) {
    case phase::created:
    case phase::stopped:
        return enter(phase::destroying, callback::destroy);
    case phase::starting:
        return enter(phase::stopping, callback::stop);
    case phase::running:
        return enter(phase::draining, callback::drain, drain_deadline);
    case phase::draining:
    case phase::stopping:
    case phase::destroying:
    case phase::gone:
        return callback::none;
    }
    return callback::none;
}

callback lifecycle::returned(call_end end) {
    switch (phase_) {
    case phase::starting:
        if (end == call_end::failed) return broke(true);
        if (end == call_end::pending) return callback::none;
        return enter(phase::running, callback::none);
    case phase::draining:
        // A drain that fails has nothing left to wait for.
        if (end == call_end::failed) return enter(phase::stopping, callback::stop);
        return callback::none;
    case phase::stopping:
        return after_stop();
    case phase::destroying:
        return enter(phase::gone, callback::none);
    case phase::created:
    case phase::running:
    case phase::stopped:
    case phase::gone:
        return callback::none;
    }
    return callback::none;
}

callback lifecycle::after_stop() noexcept {
    if (shutting_down_) return enter(phase::destroying, callback::destroy);
    return enter(phase::stopped, callback::none);
}

callback lifecycle::started(bool ok) {
    if (phase_ != phase::starting) return callback::none;
    if (!ok) return broke(true);
    return enter(phase::running, callback::none);
}

callback lifecycle::drained() {
    if (phase_ != phase::draining) return callback::none;
    return enter(phase::stopping, callback::stop);
}

callback lifecycle::broke(bool callable) {
    failed_ = true;
    if (!callable) return enter(phase::gone, callback::none);
    switch (phase_) {
    case phase::starting:
    case phase::running:
    case phase::draining:
        return enter(phase::stopping, callback::stop);
    case phase::created:
    case phase::stopping:
    case phase::stopped:
    case phase::destroying:
    case phase::gone:
        return callback::none;
    }
    return callback::none;
}

callback lifecycle::deadline_passed() {
    if (phase_ == phase::starting) return broke(true);
    if (phase_ == phase::draining) return enter(phase::stopping, callback::stop);
    return callback::none;
}

instance_state lifecycle::state() const noexcept {
    if (failed_) return instance_state::failed;
    switch (phase_) {
    case phase::created:
        return instance_state::created;
    case phase::starting:
        return instance_state::starting;
    case phase::running:
        return instance_state::running;
    case phase::draining:
        return instance_state::draining;
    case phase::stopping:
    case phase::stopped:
    case phase::destroying:
    case phase::gone:
        return instance_state::stopped;
    }
    return instance_state::failed;
}

bool lifecycle::takes_events() const noexcept {
    return phase_ == phase::starting || phase_ == phase::running || phase_ == phase::draining;
}

}  // namespace meshhost::plugin::proto
