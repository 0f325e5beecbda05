// SPDX-License-Identifier: Apache-2.0
#include "app/host_telemetry.hpp"

#include "app/host_settings.hpp"
#include "net/cpu_clock.hpp"
#include "net/shard.hpp"

#include <fmt/format.h>

#include <utility>

namespace meshhost::app {

namespace {

/// Seconds: from one machine's loopback to the other side of the world and worse.
std::vector<double> rtt_bounds() {
    return {0.0001, 0.00025, 0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 3};
}

telemetry::cpu_spent spent(const telemetry::cost_meter& costs) {
    return {costs.total(), net::process_cpu_time()};
}

std::uint64_t per_billion(double value) {
    constexpr double billion = 1e9;
    return static_cast<std::uint64_t>(value * billion);
}

constexpr const char* own_scope = "meshhost";

admin::probe_section section_of(const telemetry::flight_recorder& flight) {
    const auto& counts = flight.counts();
    return {
        "flight",
        {{"held", flight.size()},
         {"slots", flight.capacity()},
         {"bytes", flight.bytes()},
         {"recorded", counts.recorded},
         {"given_way", counts.given_way},
         {"anomalies", counts.anomalies},
         {"suppressed", counts.suppressed},
         {"promotions", counts.promotions},
         {"promoted", counts.promoted}}};
}

admin::probe_section section_of(const otlp::queue_counts& counters) {
    return {
        "otlp",
        {{"waiting", counters.waiting},
         {"waiting_max", counters.waiting_max},
         {"requests", counters.requests},
         {"exported", counters.exported},
         {"rejected", counters.rejected},
         {"dropped_full", counters.dropped_full},
         {"dropped_refused", counters.dropped_refused},
         {"failures_in_a_row", counters.failures_in_a_row},
         {"bytes_sent", counters.bytes_sent}}};
}

}  // namespace

host_telemetry::host_telemetry(net::shard& shard, std::size_t flight_kept)
    : shard_(shard)
    , governor_(shard.now(), spent(costs_))
    , flight_(flight_kept)
    , random_(random_seed())
    , direct_rtt_(rtt_bounds())
    , relayed_rtt_(rtt_bounds()) {}

void host_telemetry::open(otlp_choice choice, const channel_maker& over_mesh, bool relays) {
    const auto http = [&](const http_url& to) -> std::unique_ptr<otlp::span_channel> {
        return std::make_unique<otlp::http_channel>(shard_, to, choice.headers, choice.timeout);
    };
    if (choice.metrics) {
        metrics_to_ = http(choice.metrics->to);
        metrics_options_ = std::move(choice.metrics->options);
    }
    if (!choice.options) return;
    const auto channel = [&] { return choice.collector ? http(*choice.collector) : over_mesh(); };
    choice.options->costs = &costs_;
    exporter_ =
        std::make_unique<otlp::exporter>(shard_, channel(), std::move(*choice.options), log_);
    if (choice.collector && relays)
        relay_ = std::make_unique<otlp::batch_relay>(shard_, channel(), random_seed());
    log_.info("traces go to {}", exporter_->destination());
}

void host_telemetry::serve_metrics(otlp::metrics_exporter::source ask) {
    if (!metrics_to_) return;
    metrics_ = std::make_unique<otlp::metrics_exporter>(
        shard_,
        std::move(metrics_to_),
        std::move(metrics_options_),
        std::move(ask),
        costs_,
        log_
    );
    log_.info("metrics go to {}", metrics_->destination());
}

trace_recorder& host_telemetry::follow(trace_options options) {
    one_in_ = options.one_in;
    options.on_span = [this](const telemetry::span& span) { send(own_scope, span); };
    tracer_ = std::make_unique<trace_recorder>(shard_, std::move(options));
    return *tracer_;
}

void host_telemetry::send(std::string scope, const telemetry::span& finished) {
    costs_.made_span();
    if (exporter_) exporter_->take({std::move(scope), finished});
}

void host_telemetry::take(std::string scope, const telemetry::span& finished) {
    send(std::move(scope), finished);
    if (!finished.is_ok) on_anomaly(telemetry::anomaly::error);
}

void host_telemetry::take(const std::vector<telemetry::span>& trace) {
    for (const auto& each : trace) {
        flight_.record(own_scope, each, shard_.now(), exports());
        send(own_scope, each);
    }
    if (!trace.empty() && !trace.front().is_ok) on_anomaly(telemetry::anomaly::error);
}

bool host_telemetry::is_chosen() {
    return exports() && one_in_ != 0 && random_.next() % one_in_ == 0
           && random_.chance(governor_.factor());
}

void host_telemetry::note(const telemetry::span& finished, bool is_news) {
    const bool goes_now = is_chosen();
    flight_.record(own_scope, finished, shard_.now(), goes_now);
    if (goes_now)
        send(own_scope, finished);
    else
        costs_.made_span();
    if (!finished.is_ok && is_news) on_anomaly(telemetry::anomaly::error);
}

void host_telemetry::on_anomaly(telemetry::anomaly what) {
    if (!exports()) return flight_.count_only();
    const auto told = flight_.promote(what, shard_.now());
    for (const auto& each : told)
        send(each.scope, each.span);
    if (told.empty()) return;
    exporter_->flush();  // who had an accident may not have five seconds
    log_.debug("{} spans are exported because of an anomaly: {}", told.size(), to_string(what));
}

void host_telemetry::flush() {
    if (exporter_) exporter_->flush();
}

void host_telemetry::async_close(duration limit, std::function<void()> done) {
    if (!exporter_) return done();
    exporter_->async_close(limit, std::move(done));
}

void host_telemetry::look(time_point now) {
    if (!governor_.look(now, spent(costs_)) || !tracer_) return;
    tracer_->set_factor(governor_.factor());
    log_.info(
        "telemetry took {:.2f} ms of CPU a second, of {:.2f} that it may: {:.0f} % of the messages "
        "that chance chooses are followed",
        governor_.used() * 1e3,
        governor_.ceiling() * 1e3,
        governor_.factor() * 1e2
    );
}

void host_telemetry::saw_round_trip(bool is_direct, duration rtt) {
    if (rtt == duration::zero()) return;  // not measured yet
    (is_direct ? direct_rtt_ : relayed_rtt_).record(std::chrono::duration<double>(rtt).count());
}

std::vector<telemetry::metric> host_telemetry::instruments() const {
    using telemetry::metric_kind;
    telemetry::metric rtt{
        "mesh.path.rtt",
        "s",
        "Round trips to the neighbours, looked at every two seconds.",
        metric_kind::histogram,
        direct_rtt_.bounds(),
        {direct_rtt_.point(), relayed_rtt_.point()}};
    rtt.points[0].attributes = {{"kind", std::string("direct")}};
    rtt.points[1].attributes = {{"kind", std::string("relayed")}};
    std::vector<telemetry::metric> all{std::move(rtt)};
    if (!tracer_) return all;
    all.push_back(
        {"mesh.gossip.delivery.wait",
         "s",
         "From a message's first announcement by a neighbour until it came; 0: it came first.",
         metric_kind::histogram,
         tracer_->waits().bounds(),
         {tracer_->waits().point()}}
    );
    all.push_back(
        {"mesh.gossip.hops",
         "{hop}",
         "Hosts that a message passed before it came here.",
         metric_kind::histogram,
         tracer_->hops().bounds(),
         {tracer_->hops().point()}}
    );
    return all;
}

std::vector<admin::probe_section> host_telemetry::sections() const {
    std::vector<admin::probe_section> all;
    all.push_back(
        {"telemetry",
         {{"cpu_ns", static_cast<std::uint64_t>(costs_.total().count())},
          {"cpu_ns_per_s", per_billion(governor_.used())},
          {"ceiling_ns_per_s", per_billion(governor_.ceiling())},
          {"followed_one_in", one_in_},
          {"followed_ppb",
           one_in_ == 0 ? 0 : per_billion(governor_.factor() / static_cast<double>(one_in_))},
          {"spans", costs_.spans()}}}
    );
    all.push_back(section_of(flight_));
    if (exporter_) all.push_back(section_of(exporter_->counts()));
    if (relay_)
        all.push_back(
            {"otlp_relay",
             {{"waiting", relay_->waiting()},
              {"passed_on", relay_->passed_on()},
              {"dropped", relay_->dropped()}}}
        );
    if (metrics_)
        all.push_back(
            {"otlp_metrics",
             {{"exported", metrics_->counts().exported}, {"failed", metrics_->counts().failed}}}
        );
    return all;
}

std::vector<std::string> host_telemetry::warnings() const {
    std::vector<std::string> all;
    if (exporter_) {
        const auto counts = exporter_->counts();
        if (counts.failures_in_a_row > 0)
            all.push_back(fmt::format(
                "{} takes no traces: {}; {} spans wait, {} were dropped",
                exporter_->destination(),
                counts.last_error,
                counts.waiting,
                counts.dropped_full
            ));
    }
    if (governor_.factor() < 1)
        all.push_back(fmt::format(
            "telemetry costs {:.2f} ms of CPU a second, of {:.2f} that it may: fewer messages are "
            "followed",
            governor_.used() * 1e3,
            governor_.ceiling() * 1e3
        ));
    return all;
}

std::uint64_t host_telemetry::timers() const noexcept {
    return (exporter_ ? otlp::exporter::timers : 0) + (relay_ ? otlp::batch_relay::timers : 0)
           + (metrics_ ? otlp::metrics_exporter::timers : 0);
}

std::uint64_t host_telemetry::descriptors() const noexcept {
    return (exporter_ ? exporter_->descriptors() : 0) + (relay_ ? relay_->descriptors() : 0)
           + (metrics_ ? metrics_->descriptors() : 0);
}

std::uint64_t host_telemetry::threads() const noexcept {
    return (exporter_ ? exporter_->threads() : 0) + (relay_ ? relay_->threads() : 0)
           + (metrics_ ? metrics_->threads() : 0);
}

}  // namespace meshhost::app
