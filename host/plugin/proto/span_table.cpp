// SPDX-License-Identifier: Apache-2.0
#include "plugin/proto/span_table.hpp"

#include <algorithm>
#include <utility>

namespace meshhost::plugin::proto {

/// W3C forbids the id of all zeros.
template <std::size_t N>
std::array<std::uint8_t, N> span_table::fresh_id() {
    std::array<std::uint8_t, N> id{};
    do {
        for (std::size_t i = 0; i < N; i += 8) {
            std::uint64_t word = random_.next();
            for (std::size_t j = i; j < i + 8; ++j, word >>= 8)
                id[j] = static_cast<std::uint8_t>(word);
        }
    } while (id == std::array<std::uint8_t, N>{});
    return id;
}

handle span_table::begin(span_start start, time_point now, duration wall) {
    open_span made;
    made.span.name = std::move(start.name);
    made.span.kind = start.kind;
    made.span.started = wall;
    made.began = now;
    made.span.id = fresh_id<8>();
    if (const open_span* const parent = open_.find(start.parent)) {
        made.span.trace = parent->span.trace;
        made.span.parent = parent->span.id;
        made.flags = parent->flags;
    } else if (start.remote) {
        made.span.trace = start.remote->trace;
        made.span.parent = start.remote->id;
        made.flags = start.remote->flags;
    } else {
        made.span.trace = fresh_id<16>();
    }
    return open_.insert(std::move(made));
}

bool span_table::add(handle span, std::vector<telemetry::attribute> attributes) {
    open_span* const found = open_.find(span);
    if (found == nullptr) return false;
    auto& held = found->span.attributes;
    for (telemetry::attribute& each : attributes) {
        const auto same = std::find_if(held.begin(), held.end(), [&](const auto& other) {
            return other.key == each.key;
        });
        if (same != held.end()) {
            same->value = std::move(each.value);
        } else if (held.size() < span_attributes_max) {
            held.push_back(std::move(each));
        } else {
            ++found->span.dropped;
        }
    }
    return true;
}

bool span_table::add(handle span, telemetry::span_event event) {
    open_span* const found = open_.find(span);
    if (found == nullptr) return false;
    if (found->span.events.size() < span_events_max) {
        found->span.events.push_back(std::move(event));
    } else {
        ++found->span.dropped;
    }
    return true;
}

std::optional<span_context> span_table::context(handle span) {
    const open_span* const found = open_.find(span);
    if (found == nullptr) return std::nullopt;
    return span_context{found->span.trace, found->span.id, found->flags};
}

std::optional<telemetry::span> span_table::end(
    handle span,
    time_point now,
    bool is_ok,
    std::string message
) {
    open_span* const found = open_.find(span);
    if (found == nullptr) return std::nullopt;
    telemetry::span finished = std::move(found->span);
    finished.length = now - found->began;
    finished.is_ok = is_ok;
    finished.message = std::move(message);
    open_.erase(span);
    return finished;
}

}  // namespace meshhost::plugin::proto
