// SPDX-License-Identifier: Apache-2.0
#pragma once
// The instruments of one role at one moment: all that an exporter needs. Sums are cumulative since
// `started`.
#include "base/time.hpp"
#include "telemetry/attribute.hpp"
#include "telemetry/span.hpp"

#include <cstdint>
#include <string>
#include <vector>

namespace meshhost::telemetry {

enum class metric_kind : std::uint8_t { counter = 1, updown = 2, gauge = 3, histogram = 4 };

/// One of the things that were measured, and the span that tells more of it.
struct exemplar {
    double value = 0;
    trace_id trace{};
    span_id span{};
    duration at{};  ///< since the Unix epoch
};

/// One set of attributes of an instrument.
struct metric_point {
    std::vector<attribute> attributes;     ///< by key
    bool is_overflow = false;              ///< all sets that there was no room for
    double value = 0;                      ///< of a histogram: the sum of what was recorded
    std::uint64_t count = 0;               ///< how often it was recorded
    std::vector<std::uint64_t> buckets;    ///< of a histogram: one more than bounds
    std::vector<exemplar> exemplars = {};  ///< of a histogram: at most one a bucket
};

struct metric {
    std::string name;
    std::string unit;  ///< UCUM; may be empty
    std::string description;
    metric_kind kind = metric_kind::counter;
    std::vector<double> bounds;  ///< of a histogram: upper ends of its buckets, inclusive
    std::vector<metric_point> points;
};

struct metrics_snapshot {
    duration started{};  ///< since the Unix epoch
    duration taken{};    ///< likewise
    std::vector<metric> metrics;
    std::uint64_t rejected = 0;  ///< records that made no sense
};

/// "counter", "updown", "gauge", "histogram".
const char* to_string(metric_kind kind) noexcept;

}  // namespace meshhost::telemetry
