// SPDX-License-Identifier: Apache-2.0
#pragma once
// The trace of something that is done in steps, one after the other, as a start is.
#include "base/prng.hpp"
#include "base/time.hpp"
#include "telemetry/span.hpp"

#include <cstdint>
#include <string>
#include <vector>

namespace meshhost::telemetry {

/// A root span, its steps without gaps between them, and what was done within these. All times come
/// from one monotonic clock with one wall time beside it, so that no length is ever wrong. Pure;
/// one thread.
class step_trace {
public:
    static constexpr std::size_t spans_max = 128;  ///< what is above only counts as dropped

    /// Begins now: at `wall` since the Unix epoch. `seed` makes the ids.
    step_trace(std::string root, std::uint64_t seed, time_point now, duration wall);

    /// Ends the step before and begins this one. Not after the end.
    void step(std::string name, time_point now);
    /// Of the step under way.
    void note(std::string key, attribute_value value);
    void note_of_all(std::string key, attribute_value value);

    struct part {
        std::string name;
        time_point began{};
        duration took{};
        std::vector<attribute> attributes;
        std::string fault = {};  ///< empty: it went well
    };
    /// Something that was done within the step under way, or within the last one.
    void within(part done);

    /// Ends the last step, and all of it.
    void end(time_point now);
    /// The same, and the step under way did not succeed.
    void fail(std::string fault, time_point now);

    time_point began() const noexcept { return began_; }
    bool has_ended() const noexcept { return has_ended_; }
    /// The root first, then in the order in which they began to be told. Until the end, lengths
    /// are those up to the last call.
    const std::vector<span>& spans() const noexcept { return spans_; }

private:
    span begun(std::string name, time_point at);
    span& current() noexcept { return spans_[current_]; }
    void close(time_point now);

    prng ids_;
    time_point began_;
    duration wall_;
    trace_id trace_{};
    std::vector<span> spans_;
    std::size_t current_ = 0;  ///< the step under way; the root before the first
    bool has_ended_ = false;
};

}  // namespace meshhost::telemetry
