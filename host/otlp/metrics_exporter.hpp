// SPDX-License-Identifier: Apache-2.0
#pragma once
// Tells a collector every so often what is measured. Sums are cumulative, so that what was not
// taken is in what follows: nothing is kept, nothing is sent again.
#include "base/log.hpp"
#include "net/deadline_timer.hpp"
#include "otlp/encode.hpp"
#include "otlp/span_channel.hpp"
#include "telemetry/cost_meter.hpp"

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

namespace meshhost::otlp {

struct metrics_options {
    resource by;
    std::string version;
    duration interval = 60s;
};

struct metrics_counts {
    std::uint64_t exported = 0;  ///< requests that were taken
    std::uint64_t failed = 0;    ///< that were not
    bool is_refused = false;     ///< for good: whoever is there takes no metrics
};

/// One thread: the shard's, which outlives it, as `costs` does. At most one request is under way.
class metrics_exporter final : net::deadline_sink {
public:
    using scoped_list = std::vector<scoped_metrics>;
    /// Asks all sources; the argument is called once, perhaps from inside.
    using source = std::function<void(std::function<void(scoped_list)>)>;

    metrics_exporter(
        net::shard& shard,
        std::unique_ptr<span_channel> to,
        metrics_options options,
        source ask,
        telemetry::cost_meter& costs,
        logger log
    );

    const metrics_counts& counts() const noexcept { return counts_; }
    std::string destination() const { return to_->destination(); }

    /// For the audit.
    static constexpr std::size_t timers = 1;
    std::size_t descriptors() const noexcept { return to_->descriptors(); }
    std::size_t threads() const noexcept { return to_->threads(); }

private:
    void on_deadline(time_point now) override;
    void send(const scoped_list& all);
    void on_answer(const outcome<http::post_answer>& answer);

    net::shard& shard_;
    metrics_options options_;
    source ask_;
    telemetry::cost_meter& costs_;
    logger log_;
    net::deadline_timer timer_;
    std::unique_ptr<span_channel> to_;
    metrics_counts counts_;
    bool is_away_ = false;
    std::shared_ptr<int> alive_ = std::make_shared<int>();  ///< for answers that come too late
};

}  // namespace meshhost::otlp
