// SPDX-License-Identifier: Apache-2.0
#pragma once
// All that this host tells collectors of itself and its messages, and what telling it costs.
#include "admin/snapshot.hpp"
#include "app/otlp_setup.hpp"
#include "app/trace_recorder.hpp"
#include "base/prng.hpp"
#include "otlp/batch_relay.hpp"
#include "otlp/exporter.hpp"
#include "otlp/metrics_exporter.hpp"
#include "telemetry/cost_meter.hpp"
#include "telemetry/flight_recorder.hpp"
#include "telemetry/governor.hpp"
#include "telemetry/histogram.hpp"

#include <functional>
#include <memory>
#include <string>
#include <vector>

namespace meshhost::app {

/// One thread: the shard's, which outlives it.
class host_telemetry {
public:
    /// Makes the way of spans to another member of the mesh, for `otlp = "mesh"`.
    using channel_maker = std::function<std::unique_ptr<otlp::span_channel>()>;

    /// `flight_kept`: spans of the flight recorder.
    host_telemetry(net::shard& shard, std::size_t flight_kept);

    /// Exports as was chosen, which may be nothing. `relays`: others' spans, too.
    void open(otlp_choice choice, const channel_maker& over_mesh, bool relays);
    /// From here on metrics are exported, where that was chosen.
    void serve_metrics(otlp::metrics_exporter::source ask);
    /// Messages are followed from now on. `on_span` of the options is this one's to set.
    trace_recorder& follow(trace_options options);

    /// Of a role.
    void take(std::string scope, const telemetry::span& finished);
    /// A start, a place among others, a stop.
    void take(const std::vector<telemetry::span>& trace);
    /// What this host did for itself: always in the flight recorder, exported by chance, as
    /// messages are, or because of an anomaly. A span that failed is one, where it is news.
    void note(const telemetry::span& finished, bool is_news = true);
    /// What came just before is exported.
    void on_anomaly(telemetry::anomaly what);
    void flush();
    /// As otlp::exporter::async_close(); `done` is called at once where nothing is exported.
    void async_close(duration limit, std::function<void()> done);

    /// Now and then: what telemetry cost, and how long the ways of neighbours are just now.
    void look(time_point now);
    void saw_round_trip(bool is_direct, duration rtt);

    bool exports() const noexcept { return exporter_ != nullptr; }
    otlp::batch_relay* relay() const noexcept { return relay_.get(); }
    trace_recorder* tracer() const noexcept { return tracer_.get(); }
    telemetry::cost_meter& costs() noexcept { return costs_; }
    const telemetry::flight_recorder& flight() const noexcept { return flight_; }

    /// mesh.gossip.hops, mesh.gossip.delivery.wait, mesh.path.rtt.
    std::vector<telemetry::metric> instruments() const;
    /// For `meshctl probe` and all who read it: otlp, otlp_relay, telemetry.
    std::vector<admin::probe_section> sections() const;
    /// What an operator has to know, a sentence each.
    std::vector<std::string> warnings() const;

    /// For the audit.
    std::uint64_t timers() const noexcept;
    std::uint64_t descriptors() const noexcept;
    std::uint64_t threads() const noexcept;

private:
    void send(std::string scope, const telemetry::span& finished);
    bool is_chosen();

    net::shard& shard_;
    logger log_{"otlp"};
    telemetry::cost_meter costs_;
    telemetry::governor governor_;
    telemetry::flight_recorder flight_;
    prng random_;
    telemetry::histogram direct_rtt_;
    telemetry::histogram relayed_rtt_;
    std::unique_ptr<otlp::exporter> exporter_;        ///< null: no spans are exported
    std::unique_ptr<otlp::batch_relay> relay_;        ///< null: nobody exports through this host
    std::unique_ptr<trace_recorder> tracer_;          ///< null without gossip
    std::unique_ptr<otlp::span_channel> metrics_to_;  ///< until serve_metrics()
    otlp::metrics_options metrics_options_;
    std::unique_ptr<otlp::metrics_exporter> metrics_;  ///< null: none are exported
    std::uint64_t one_in_ = 0;
};

}  // namespace meshhost::app
