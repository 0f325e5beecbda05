// SPDX-License-Identifier: Apache-2.0
#pragma once
// Whether what an instance says of its work is no more than an instance can have. The tables keep
// their limits; a process of its own may have gone around them, and the host stores what it says.
#include "plugin/proto/limits.hpp"
#include "telemetry/metric.hpp"
#include "telemetry/span.hpp"

#include <algorithm>
#include <cstddef>
#include <string>
#include <vector>

namespace meshhost::plugin {

inline bool are_within(const std::vector<telemetry::attribute>& all, std::size_t most) {
    return all.size() <= most && std::all_of(all.begin(), all.end(), [](const auto& each) {
               const auto* const text = std::get_if<std::string>(&each.value);
               return each.key.size() <= proto::attribute_key_max
                      && (text == nullptr || text->size() <= proto::attribute_text_max);
           });
}

inline bool is_within(const telemetry::span& span) {
    return span.name.size() <= proto::span_name_max && span.message.size() <= proto::message_max
           && are_within(span.attributes, proto::span_attributes_max)
           && span.events.size() <= proto::span_events_max
           && std::all_of(span.events.begin(), span.events.end(), [](const auto& event) {
                  return event.name.size() <= proto::span_name_max
                         && are_within(event.attributes, proto::span_attributes_max);
              });
}

inline bool is_within(const telemetry::metric& metric) {
    return metric.name.size() <= proto::metric_name_max
           && metric.unit.size() <= proto::metric_unit_max
           && metric.description.size() <= proto::metric_text_max
           && metric.bounds.size() <= proto::metric_bounds_max
           && metric.points.size() <= proto::attribute_sets_max + 1  // and the overflow
           && std::all_of(metric.points.begin(), metric.points.end(), [](const auto& point) {
                  return point.buckets.size() <= proto::metric_bounds_max + 1
                         && are_within(point.attributes, proto::metric_attributes_max);
              });
}

inline bool is_within(const telemetry::metrics_snapshot& all) {
    return all.metrics.size() <= proto::instruments_max
           && std::all_of(all.metrics.begin(), all.metrics.end(), [](const auto& each) {
                  return is_within(each);
              });
}

}  // namespace meshhost::plugin
