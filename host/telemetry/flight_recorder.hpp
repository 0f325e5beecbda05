// SPDX-License-Identifier: Apache-2.0
#pragma once
// The last spans of what this host does for itself, exported or not: when something goes wrong,
// what came before it is told after all.
#include "base/time.hpp"
#include "base/token_bucket.hpp"
#include "telemetry/packed_span.hpp"

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

namespace meshhost::telemetry {

/// Settled once shipped: values are appended; see to_string().
enum class anomaly : std::uint8_t {
    error,          ///< a span ended in one
    path_failover,  ///< a direct path gave way to a worse one
    path_flap,      ///< a peer's path moved again and again
    late_delivery,  ///< a message came much later than others do
};
inline constexpr std::size_t anomaly_count = 4;

/// "error", "path.failover", ...
const char* to_string(anomaly what) noexcept;

/// Of a span that is kept.
enum class span_fate : std::uint8_t {
    held,      ///< told to nobody
    exported,  ///< when it ended
    promoted,  ///< because of an anomaly after it
};

const char* to_string(span_fate fate) noexcept;

struct flight_entry {
    std::string scope;
    telemetry::span span;
    span_fate fate = span_fate::held;
};

struct flight_counts {
    std::uint64_t recorded = 0;
    std::uint64_t given_way = 0;   ///< to newer ones
    std::uint64_t anomalies = 0;   ///< those that were not acted upon included
    std::uint64_t promotions = 0;  ///< anomalies with which something was told
    std::uint64_t promoted = 0;    ///< spans
    std::uint64_t suppressed = 0;  ///< anomalies that came too soon after others
};

/// When full, the oldest give way. Recording allocates nothing. Pure; one thread.
class flight_recorder {
public:
    static constexpr duration window = 2s;  ///< that is promoted
    /// Anomalies that are acted upon: so many at once, and one in ten seconds on average.
    static constexpr double burst = 6;
    static constexpr double per_second = 0.1;

    /// `slots`: spans that are kept, 328 bytes each once it is used. Precondition: not 0.
    explicit flight_recorder(std::size_t slots);

    /// `is_exported`: it goes its usual way, and is not promoted.
    void record(
        std::string_view scope,
        const span& finished,
        time_point now,
        bool is_exported
    ) noexcept;

    /// What was recorded in the window before `now` and told to nobody, the oldest first; each says
    /// why it is told, by the attribute mesh.flight.anomaly. No span comes back twice. Empty, too,
    /// when anomalies come too often.
    std::vector<flight_entry> promote(anomaly why, time_point now);
    /// An anomaly, where nothing can be exported.
    void count_only() noexcept { ++counts_.anomalies; }

    /// The last `most`, the oldest first.
    std::vector<flight_entry> entries(std::size_t most) const;

    std::size_t size() const noexcept { return size_; }
    std::size_t capacity() const noexcept { return capacity_; }
    /// Of memory, as far as it was used.
    std::size_t bytes() const noexcept;
    const flight_counts& counts() const noexcept { return counts_; }

private:
    struct slot {
        duration::rep recorded;
        span_fate fate;
        packed_span span;
    };

    /// The nth last one, from 0.
    slot& last(std::size_t n) noexcept { return slots_[(next_ + capacity_ - 1 - n) % capacity_]; }
    const slot& last(std::size_t n) const noexcept {
        return slots_[(next_ + capacity_ - 1 - n) % capacity_];
    }
    static flight_entry entry_of(const slot& from);

    std::size_t capacity_;
    std::unique_ptr<slot[]> slots_;  // NOLINT(modernize-avoid-c-arrays): pages unused cost nothing
    std::size_t next_ = 0;
    std::size_t size_ = 0;
    std::uint64_t looked_until_ = 0;  ///< of what was recorded, at the last promotion
    token_bucket allowed_{per_second, burst};
    flight_counts counts_;
};

}  // namespace meshhost::telemetry
