// SPDX-License-Identifier: Apache-2.0
#pragma once
// What every reader of spans does with what it has read, however that was written down: it keeps
// the limits. Pure.
#include "base/bytes.hpp"
#include "otlp/trace_reader.hpp"

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace meshhost::otlp {

/// Attributes up to a number of them.
class attribute_draft {
public:
    explicit attribute_draft(std::size_t most)
        : most_(most) {}

    void add(std::string_view key, telemetry::attribute_value value);
    /// One of a kind that nobody shows: an array, a map, bytes.
    void drop() { ++dropped_; }

    std::uint32_t dropped() const noexcept { return dropped_; }
    std::vector<telemetry::attribute> take() { return std::move(all_); }

private:
    std::size_t most_;
    std::uint32_t dropped_ = 0;
    std::vector<telemetry::attribute> all_;
};

/// One span, field by field.
class span_draft {
public:
    void set_trace(bytes_view id) { has_trace_ = put(id, span_.trace); }
    void set_id(bytes_view id) { has_id_ = put(id, span_.id); }
    /// Empty: it has none.
    void set_parent(bytes_view id);
    void set_name(std::string_view name);
    /// OpenTelemetry's number.
    void set_kind(std::int64_t number);
    void set_start(std::uint64_t unix_ns) { start_ = unix_ns; }
    void set_end(std::uint64_t unix_ns) { end_ = unix_ns; }
    void set_status(std::int64_t code, std::string_view message);
    void add_event(std::string_view name, std::uint64_t unix_ns, attribute_draft attributes);
    void add_link(bytes_view trace, bytes_view span);
    void set_dropped(std::uint64_t count);

    attribute_draft attributes{read_limits::attributes_max};

    /// Ends it. `why`: in words, when it is none.
    bool finish(telemetry::span& into, const char*& why);

private:
    template <class Id>
    static bool put(bytes_view from, Id& to);

    telemetry::span span_;
    bool has_trace_ = false;
    bool has_id_ = false;
    bool is_odd_ = false;
    std::uint64_t start_ = 0;
    std::uint64_t end_ = 0;
    std::uint64_t dropped_ = 0;
};

/// A request, span by span.
class request_draft {
public:
    /// What follows is this one's.
    void begin(resource by);
    void add(span_draft span);
    told_request take() { return std::move(told_); }

private:
    void refuse(const char* why);

    told_request told_;
    std::size_t spans_ = 0;
    std::size_t resources_ = 0;
};

/// UTF-8, as protobuf's strings have to be.
bool is_utf8(std::string_view text);

}  // namespace meshhost::otlp
