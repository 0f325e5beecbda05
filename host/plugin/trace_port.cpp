// SPDX-License-Identifier: Apache-2.0
#include "plugin/trace_port.hpp"

#include "plugin/strand_clock.hpp"

#include <utility>

namespace meshhost::plugin {

proto::handle trace_port::begin(proto::span_start start) {
    const std::lock_guard lock(mutex_);
    return spans_.begin(std::move(start), strand_now(), wall_now());
}

bool trace_port::add(proto::handle span, std::vector<telemetry::attribute> attributes) {
    const std::lock_guard lock(mutex_);
    return spans_.add(span, std::move(attributes));
}

bool trace_port::add(proto::handle span, telemetry::span_event event) {
    const std::lock_guard lock(mutex_);
    return spans_.add(span, std::move(event));
}

std::optional<proto::span_context> trace_port::context(proto::handle span) {
    const std::lock_guard lock(mutex_);
    return spans_.context(span);
}

bool trace_port::end(proto::handle span, bool is_ok, std::string message, uplink& to) {
    std::unique_lock lock(mutex_);
    auto finished = spans_.end(span, strand_now(), is_ok, std::move(message));
    lock.unlock();
    if (!finished) return false;
    to.offer(proto::up::span_ended{std::move(*finished)});
    return true;
}

std::size_t trace_port::size() const {
    const std::lock_guard lock(mutex_);
    return spans_.size();
}

void trace_port::clear() {
    const std::lock_guard lock(mutex_);
    spans_.clear();
}

}  // namespace meshhost::plugin
