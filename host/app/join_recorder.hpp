// SPDX-License-Identifier: Apache-2.0
#pragma once
// The trace mesh.node.join: from a start that is over until this host has its place among the
// others. How long that takes depends on them: it is a trace of its own, linked to mesh.node.ready.
#include "base/prng.hpp"
#include "base/time.hpp"
#include "telemetry/span.hpp"

#include <cstdint>
#include <string>
#include <vector>

namespace meshhost::app {

/// Pure; one thread. Lifecycle: begin(), then neighbours and look() until it has ended.
class join_recorder {
public:
    static constexpr duration quiet = 5s;   ///< without a further neighbour, the place is found
    static constexpr duration limit = 60s;  ///< without any, it is told that there is none
    static constexpr std::size_t neighbors_max = 32;

    struct place {
        std::size_t seeds = 0;       ///< whom it was told of
        std::size_t neighbors = 0;   ///< that it wants, at most
        std::uint64_t seed = 1;      ///< of the ids
        telemetry::span_link start;  ///< mesh.node.ready
    };

    struct neighbor {
        std::string peer;    ///< 64 hex digits
        std::string kind;    ///< of its path
        std::string reason;  ///< may be empty
    };

    /// `wall`: since the Unix epoch, at `now`.
    void begin(const place& wanted, time_point now, duration wall);
    void on_neighbor(const neighbor& found, time_point now);
    /// To be called now and then. True once: it has ended, and spans() are all there are.
    bool look(time_point now);

    /// The root first. Empty: it did not begin, or nobody was to be joined.
    const std::vector<telemetry::span>& spans() const noexcept { return spans_; }

private:
    bool is_over(time_point now) const;

    place wanted_;
    prng ids_{1};
    time_point began_{};
    time_point last_{};  ///< a neighbour came
    duration wall_{};
    std::vector<telemetry::span> spans_;
    bool is_under_way_ = false;
};

}  // namespace meshhost::app
