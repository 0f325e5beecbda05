// SPDX-License-Identifier: Apache-2.0
#include "common/report.hpp"

#include "common/process_usage.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cstdio>

namespace meshhost::bench {

namespace {

void print_line(const std::string& line) {
    std::puts(line.c_str());
    std::fflush(stdout);
}

std::string memory_json() {
    const memory_use use = memory_now();
    return fmt::format(
        R"({{"rss_kib":{},"pss_kib":{},"anonymous_kib":{}}})",
        use.rss_kib,
        use.pss_kib,
        use.anonymous_kib
    );
}

}  // namespace

stopwatch::stopwatch()
    : started_(bench_clock::now())
    , cpu_started_(cpu_time()) {}

double stopwatch::seconds() const {
    return std::chrono::duration<double>(bench_clock::now() - started_).count();
}

double stopwatch::cpu_microseconds() const {
    return std::chrono::duration<double, std::micro>(cpu_time() - cpu_started_).count();
}

void latency_samples::add_since(bench_clock::time_point start) {
    const std::chrono::duration<double, std::micro> taken = bench_clock::now() - start;
    microseconds_.push_back(taken.count());
}

double latency_samples::quantile(double q) {
    std::sort(microseconds_.begin(), microseconds_.end());
    const double last = static_cast<double>(microseconds_.size() - 1);
    return microseconds_[static_cast<std::size_t>(q * last)];
}

void report_ready(std::uint16_t port, std::string_view id) {
    print_line(fmt::format(R"({{"event":"ready","port":{},"id":"{}"}})", port, id));
}

void report_latencies(
    const bench_arguments& asked,
    latency_samples& samples,
    const stopwatch& run
) {
    const double seconds = run.seconds();  // both before the sorting below
    const double cpu = run.cpu_microseconds();
    print_line(fmt::format(
        R"({{"verb":"{}","count":{},"concurrency":{},"seconds":{:.6f},"per_second":{:.2f},)"
        R"("p50_us":{:.2f},"p99_us":{:.2f},"min_us":{:.2f},"cpu_us":{:.1f}}})",
        to_string(asked.verb),
        samples.count(),
        asked.concurrency,
        seconds,
        static_cast<double>(samples.count()) / seconds,
        samples.quantile(0.5),
        samples.quantile(0.99),
        samples.quantile(0),
        cpu
    ));
}

void report_bulk(std::uint64_t sent_bytes, std::uint64_t received_bytes, const stopwatch& run) {
    const double seconds = run.seconds();
    print_line(fmt::format(
        R"({{"verb":"bulk","bytes":{},"received":{},"seconds":{:.6f},"mib_per_second":{:.2f},)"
        R"("cpu_us":{:.1f}}})",
        sent_bytes,
        received_bytes,
        seconds,
        static_cast<double>(received_bytes) / (1 << 20) / seconds,
        run.cpu_microseconds()
    ));
}

void report_memory(std::string_view event, std::size_t connections) {
    print_line(fmt::format(
        R"({{"event":"{}","connections":{},"memory":{}}})",
        event,
        connections,
        memory_json()
    ));
}

void report_idle(const stopwatch& run) {
    print_line(fmt::format(
        R"({{"verb":"idle","seconds":{:.3f},"cpu_us":{:.1f},"memory":{}}})",
        run.seconds(),
        run.cpu_microseconds(),
        memory_json()
    ));
}

}  // namespace meshhost::bench
