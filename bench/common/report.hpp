// SPDX-License-Identifier: Apache-2.0
#pragma once
// What a bench program says, as JSON lines on stdout, flushed one by one; see bench/README.md.
#include "common/bench_arguments.hpp"

#include <chrono>
#include <string_view>
#include <vector>

namespace meshhost::bench {

using bench_clock = std::chrono::steady_clock;

/// Wall and CPU time from its making on.
class stopwatch {
public:
    stopwatch();
    double seconds() const;
    double cpu_microseconds() const;

private:
    bench_clock::time_point started_;
    std::chrono::nanoseconds cpu_started_;
};

/// Latencies of single operations.
class latency_samples {
public:
    void reserve(std::size_t count) { microseconds_.reserve(count); }
    void add_since(bench_clock::time_point start);
    std::size_t count() const noexcept { return microseconds_.size(); }
    /// The value that a share `q` (0..1) of all does not exceed. Precondition: count() > 0.
    double quantile(double q);

private:
    std::vector<double> microseconds_;
};

void report_ready(std::uint16_t port, std::string_view id);
void report_latencies(const bench_arguments& asked, latency_samples& samples, const stopwatch& run);
void report_bulk(std::uint64_t sent_bytes, std::uint64_t received_bytes, const stopwatch& run);
/// `event` is "before" or "held": the memory of this process, with so many connections open.
void report_memory(std::string_view event, std::size_t connections);
void report_idle(const stopwatch& run);

}  // namespace meshhost::bench
