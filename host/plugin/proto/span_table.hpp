// SPDX-License-Identifier: Apache-2.0
#pragma once
// The open spans of one instance. A machine: whoever owns it locks, and has the clock.
#include "base/prng.hpp"
#include "base/time.hpp"
#include "plugin/proto/handle_table.hpp"
#include "plugin/proto/limits.hpp"
#include "telemetry/span.hpp"

#include <optional>
#include <string>
#include <vector>

namespace meshhost::plugin::proto {

/// What travels beside a request, so that another node can go on with the trace.
struct span_context {
    telemetry::trace_id trace{};
    telemetry::span_id id{};
    std::uint8_t flags = 0;  ///< W3C's: 1 sampled
};

struct span_start {
    std::string name;
    telemetry::span_kind kind = telemetry::span_kind::internal;
    handle parent = 0;                   ///< an open span of ours
    std::optional<span_context> remote;  ///< of another node, when there is no parent
};

class span_table {
public:
    /// `random` is where ids come from.
    explicit span_table(prng random)
        : random_(random) {}

    /// 0: too many are open. `now` is for its length, `wall` since the Unix epoch. A parent that is
    /// not open any more begins a new trace.
    handle begin(span_start start, time_point now, duration wall);

    /// False: no such span is open.
    bool add(handle span, std::vector<telemetry::attribute> attributes);
    bool add(handle span, telemetry::span_event event);

    std::optional<span_context> context(handle span);
    std::optional<telemetry::span> end(
        handle span,
        time_point now,
        bool is_ok,
        std::string message
    );

    std::size_t size() const noexcept { return open_.size(); }
    void clear() { open_.clear(); }

private:
    struct open_span {
        telemetry::span span;
        time_point began{};
        std::uint8_t flags = 1;
    };

    template <std::size_t N>
    std::array<std::uint8_t, N> fresh_id();

    prng random_;
    handle_table<open_span> open_{handle_kind::span, spans_open_max};
};

}  // namespace meshhost::plugin::proto
