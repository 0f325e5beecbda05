// SPDX-License-Identifier: Apache-2.0
#pragma once
// What waits to be exported, and when: OTLP's rules for batches, retries and refusals
// (opentelemetry.io/docs/specs/otlp, "OTLP/HTTP"; the SDK's BatchSpanProcessor). Pure.
#include "base/backoff.hpp"
#include "base/prng.hpp"
#include "base/time.hpp"
#include "otlp/encode.hpp"

#include <cstdint>
#include <deque>
#include <optional>
#include <string>
#include <vector>

namespace meshhost::otlp {

struct queue_limits {
    std::size_t spans_max = 2048;              ///< waiting; then the oldest are dropped
    std::size_t bytes_max = 768u << 10;        ///< of what waits; likewise
    std::size_t batch_max = 512;               ///< in one request
    std::size_t batch_bytes_max = 256u << 10;  ///< in one request that has several spans
    duration delay = 5s;                       ///< that a span waits for others
    duration retry_first = 1s;  ///< after a failure; twice as long each time, with jitter
    duration retry_cap = 60s;
    duration retry_after_max = 300s;  ///< that a collector may ask for
    unsigned failures_told = 5;       ///< in a row, before a collector counts as away
};

/// How one request went.
struct export_result {
    enum class kind {
        taken,        ///< 2xx: not to be sent again, whatever it says of some
        refused,      ///< 4xx: nor this
        unavailable,  ///< 429, 502, 503, 504, or no answer: to be sent again
    };
    kind how = kind::taken;
    std::uint64_t rejected = 0;                ///< spans of a batch that was taken
    std::optional<duration> retry_after = {};  ///< as the collector wishes
    std::string words = {};                    ///< of what is not taken
};

struct queue_counts {
    std::uint64_t exported = 0;
    std::uint64_t dropped_full = 0;     ///< there was no room
    std::uint64_t dropped_refused = 0;  ///< the collector took none of a batch
    std::uint64_t rejected = 0;         ///< the collector took a batch, and these of it not
    std::uint64_t requests = 0;
    std::uint64_t bytes_sent = 0;  ///< of requests, repeated ones included
    std::uint64_t failures_in_a_row = 0;
    std::size_t waiting = 0;
    std::size_t waiting_max = 0;  ///< spans_max
    std::string last_error;       ///< empty since the last request that was taken
};

/// At most one request is under way. One thread.
class export_queue {
public:
    export_queue(const queue_limits& limits, std::uint64_t seed);

    void push(scoped_span finished, time_point now);
    /// What waits goes at the next turn, whatever its age.
    void flush(time_point now);

    /// A batch that is due: it is under way until on_result(). nullptr: none.
    const std::vector<scoped_span>* next(time_point now);
    /// How large it became.
    void on_encoded(std::size_t bytes) noexcept { counts_.bytes_sent += bytes; }
    void on_result(const export_result& result, time_point now);

    time_point next_deadline() const noexcept;
    bool is_idle() const noexcept { return waiting_.empty() && !is_under_way_ && batch_.empty(); }
    queue_counts counts() const;

private:
    queue_limits limits_;
    prng random_;
    backoff retry_;
    void drop_oldest();

    std::deque<scoped_span> waiting_;
    std::size_t waiting_bytes_ = 0;
    std::vector<scoped_span> batch_;  ///< under way, or to be sent again
    bool is_under_way_ = false;
    time_point due_ = no_deadline;  ///< of what waits
    time_point not_before_{};       ///< after a failure
    queue_counts counts_;
};

}  // namespace meshhost::otlp
