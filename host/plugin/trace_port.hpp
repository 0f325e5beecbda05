// SPDX-License-Identifier: Apache-2.0
#pragma once
// mesh.trace/1 of one instance: its open spans, and the way of the finished ones to the host. Any
// thread, but for current().
#include "plugin/proto/span_table.hpp"
#include "plugin/uplink.hpp"

#include <mutex>
#include <string>
#include <vector>

namespace meshhost::plugin {

class trace_port {
public:
    explicit trace_port(std::uint64_t seed)
        : spans_(prng(seed)) {}

    /// 0: too many are open.
    proto::handle begin(proto::span_start start);
    bool add(proto::handle span, std::vector<telemetry::attribute> attributes);
    bool add(proto::handle span, telemetry::span_event event);
    std::optional<proto::span_context> context(proto::handle span);

    /// What the uplink has no room for is gone: a trace is worth no waiting.
    bool end(proto::handle span, bool is_ok, std::string message, uplink& to);

    std::size_t size() const;
    void clear();

    /// The strand: the span of the event that is being delivered; 0: none.
    proto::handle current() const noexcept { return current_; }
    void set_current(proto::handle span) noexcept { current_ = span; }

private:
    mutable std::mutex mutex_;  ///< of the spans
    proto::span_table spans_;
    proto::handle current_ = 0;
};

}  // namespace meshhost::plugin
