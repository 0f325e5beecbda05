// SPDX-License-Identifier: Apache-2.0
#include "telemetry/step_trace.hpp"

#include "telemetry/draw_id.hpp"

#include <utility>

namespace meshhost::telemetry {

step_trace::step_trace(std::string root, std::uint64_t seed, time_point now, duration wall)
    : ids_(seed)
    , began_(now)
    , wall_(wall) {
    trace_ = draw_id<trace_id>(ids_);
    spans_.push_back(begun(std::move(root), now));
}

span step_trace::begun(std::string name, time_point at) {
    span made;
    made.trace = trace_;
    made.id = draw_id<span_id>(ids_);
    if (!spans_.empty()) made.parent = spans_.front().id;
    made.name = std::move(name);
    made.started = wall_ + (at - began_);
    return made;
}

void step_trace::close(time_point now) {
    const duration since_epoch = wall_ + (now - began_);
    if (current_ != 0) current().length = since_epoch - current().started;
    spans_.front().length = since_epoch - spans_.front().started;
}

void step_trace::step(std::string name, time_point now) {
    close(now);
    current_ = spans_.size();
    spans_.push_back(begun(std::move(name), now));
}

void step_trace::note(std::string key, attribute_value value) {
    current().attributes.push_back({std::move(key), std::move(value)});
}

void step_trace::note_of_all(std::string key, attribute_value value) {
    spans_.front().attributes.push_back({std::move(key), std::move(value)});
}

void step_trace::within(part done) {
    if (spans_.size() >= spans_max) {
        ++spans_.front().dropped;
        return;
    }
    span made = begun(std::move(done.name), done.began);
    made.parent = current().id;
    made.length = done.took;
    made.attributes = std::move(done.attributes);
    made.is_ok = done.fault.empty();
    made.message = std::move(done.fault);
    spans_.push_back(std::move(made));
}

void step_trace::end(time_point now) {
    close(now);
    has_ended_ = true;
}

void step_trace::fail(std::string fault, time_point now) {
    for (span* const each : {&current(), &spans_.front()}) {
        each->is_ok = false;
        each->message = fault;
    }
    end(now);
}

}  // namespace meshhost::telemetry
