// SPDX-License-Identifier: Apache-2.0
#pragma once
// Sends finished spans to a collector over OTLP/HTTP, and costs the mesh nothing when that is away.
#include "base/log.hpp"
#include "net/deadline_timer.hpp"
#include "otlp/export_queue.hpp"
#include "otlp/span_channel.hpp"
#include "telemetry/cost_meter.hpp"

#include <functional>
#include <memory>
#include <utility>
#include <vector>

namespace meshhost::otlp {

struct exporter_options {
    resource by;
    std::string version;
    queue_limits limits = {};
    std::uint64_t seed = 1;
    telemetry::cost_meter* costs = nullptr;  ///< outlives the exporter; null: nobody counts
};

/// One thread: the shard's, which outlives it. Destroying it drops what waits.
class exporter final : net::deadline_sink {
public:
    exporter(
        net::shard& shard,
        std::unique_ptr<span_channel> to,
        exporter_options options,
        logger log
    );

    void take(scoped_span finished);
    /// What waits is sent now.
    void flush();

    /// The same, and `done` hears when all of it is taken, or after `limit`; never from inside this
    /// call, and not if the exporter goes before. Nothing is taken from then on.
    void async_close(duration limit, std::function<void()> done);

    queue_counts counts() const { return queue_.counts(); }
    std::string destination() const { return to_->destination(); }

    /// For the audit.
    static constexpr std::size_t timers = 1;
    std::size_t descriptors() const noexcept { return to_->descriptors(); }
    std::size_t threads() const noexcept { return to_->threads(); }

private:
    void on_deadline(time_point now) override;
    void arm();
    void send();
    void on_answer(const outcome<http::post_answer>& answer);
    void tell_of(const export_result& result);

    net::shard& shard_;
    exporter_options options_;
    logger log_;
    export_queue queue_;
    net::deadline_timer timer_;
    std::unique_ptr<span_channel> to_;
    bool is_told_ = false;             ///< that the collector is away
    std::function<void()> on_closed_;  ///< null: nobody waits for the end
    bool is_closed_ = false;           ///< nothing is taken any more
    time_point close_by_ = no_deadline;
};

/// What an answer to an export means (OTLP/HTTP, "Failures").
export_result judge(const outcome<http::post_answer>& answer);

}  // namespace meshhost::otlp
