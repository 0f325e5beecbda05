// SPDX-License-Identifier: Apache-2.0
#include "lab/experiment.hpp"
#include "lab/guests.hpp"
#include "lab/host_api.hpp"
#include "lab/lab_stop.hpp"
#include "lab/measure.hpp"
#include "lab/model/fields.hpp"
#include "lab/model/flatness.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>

namespace meshhost::lab {
namespace {

constexpr double tolerance = 0.02;
constexpr double slack_per_host = 1;  ///< entries
constexpr unsigned samples_max = 60;
constexpr std::size_t residents = 3;  ///< hosts that stay
constexpr duration quiet_wait = 8s;  ///< from the last guest to the sample: the idle timeout below,
                                     ///< and what a host waits before it believes in a death
constexpr double mebibyte = 1 << 20;

/// What the hosts that stay say of their tables, and what the kernel says of them; summed.
model::table_sample sample(const model::lab_record& lab, unsigned cycle) {
    model::table_sample now{cycle, {}};
    for (const auto& node : lab.nodes) {
        const auto probe = get(lab.socket_of(node), "/v1/probe");
        if (!probe) continue;
        for (const auto& [room, counters] : *probe) {
            if (!counters.is_object()) continue;
            for (const auto& [name, value] : counters.get_object())
                if (value.is_number())
                    now.values
                        [fmt::format("{}.{}", std::string_view(room), std::string_view(name))] +=
                        value.to_number<double>();
        }
        constexpr double kibibyte = 1024;
        const auto memory = memory_of(node.process.pid);
        now.values["memory.pss_bytes"] += static_cast<double>(memory.pss_kib) * kibibyte;
        now.values["memory.anonymous_bytes"] +=
            static_cast<double>(memory.anonymous_kib) * kibibyte;
    }
    return now;
}

/// So few that each comes back again and again, and so many that none says more of itself than its
/// peers take of one origin (40 records a minute): then they would not hear that it left.
unsigned ids_of(const experiment_request& asked) {
    return std::max(5U, asked.cycles / 160);
}

struct accounting {
    std::vector<model::table_sample> samples;
    unsigned cycles = 0;
    unsigned killed = 0;
    duration took{};
};

outcome<accounting> run_guests(
    const experiment_request& asked,
    const model::lab_record& lab,
    progress& shown
) {
    accounting done;
    guest_plan plan;
    plan.cycles = asked.cycles;
    plan.ids = ids_of(asked);
    const unsigned steps = std::clamp(asked.cycles / 20, 10U, samples_max);
    const auto began = monotonic_now();
    guest_house house(lab, plan);
    for (unsigned step = 1; step <= steps; ++step) {
        const unsigned until = asked.cycles * step / steps;
        if (const auto ran = house.run_until(until); !ran) return ran.error();
        if (const auto settled = settle(quiet_wait); !settled) return settled.error();
        done.samples.push_back(sample(lab, until));
        shown.show("guests came and went", until, asked.cycles);
    }
    done.cycles = house.finished();
    done.killed = house.killed();
    done.took = monotonic_now() - began;
    return done;
}

std::string finding(const accounting& done, const std::vector<model::table_growth>& growth) {
    std::vector<std::string> grown;
    for (const auto& one : growth)
        if (!one.is_flat)
            grown.push_back(fmt::format("{} from {:.0f} to {:.0f}", one.name, one.first, one.last));
    if (grown.empty())
        return fmt::format(
            "After {} joins and leaves, {} of them by SIGKILL, all {} tables of the hosts that "
            "stayed are as full as after the warm-up, within {:.0f} %: what a guest brings is gone "
            "when it is gone.",
            done.cycles,
            done.killed,
            growth.size(),
            tolerance * 100
        );
    return fmt::format(
        "After {} joins and leaves, {} of {} tables of the hosts that stayed have grown by more "
        "than "
        "{:.0f} % since the warm-up: {}.",
        done.cycles,
        grown.size(),
        growth.size(),
        tolerance * 100,
        fmt::join(grown, ", ")
    );
}

plot::chart chart_of(const accounting& done, const std::string& name) {
    const bool is_bytes = name.ends_with("_bytes");
    plot::chart drawn{name, "joins and leaves", is_bytes ? "MiB" : "entries", {{name, {}}}};
    for (const auto& sample : done.samples) {
        const auto value = sample.values.find(name);
        if (value == sample.values.end()) continue;
        drawn.curves.front().points.push_back(
            {static_cast<double>(sample.cycle), is_bytes ? value->second / mebibyte : value->second}
        );
    }
    return drawn;
}

boost::json::array json_of(const std::vector<model::table_sample>& samples) {
    boost::json::array all;
    for (const auto& sample : samples) {
        boost::json::object values;
        for (const auto& [name, value] : sample.values)
            values[name] = value;
        all.push_back(boost::json::object{
            {"cycle", static_cast<std::int64_t>(sample.cycle)},
            {"values", std::move(values)}});
    }
    return all;
}

model::report report_of(const experiment_request& asked, const accounting& done) {
    const auto growth = model::judge_growth(
        done.samples,
        {residents, tolerance, slack_per_host, ids_of(asked) + residents}
    );
    model::report report;
    report.title = fmt::format("Accounting: {} guests", done.cycles);
    report.lead = finding(done, growth);
    model::report_table table{{"table", "after warm-up", "at the end", "growth", ""}, {}};
    model::report_section section{"Tables", {}, {}, {}};
    boost::json::array verdicts;
    for (const auto& one : growth) {
        const double ratio = one.first > 0 ? one.last / one.first - 1 : 0;
        table.rows.push_back(
            {one.name,
             fmt::format("{:.0f}", one.first),
             fmt::format("{:.0f}", one.last),
             fmt::format("{:+.1f} %", ratio * 100),
             !one.is_flat    ? "GROWS"
             : one.limit > 0 ? fmt::format("a cache of {:.0f}", one.limit)
                             : "flat"}
        );
        verdicts.push_back(boost::json::object{
            {"table", one.name},
            {"first", one.first},
            {"last", one.last},
            {"flat", one.is_flat}});
        if (one.first > 0 || one.last > 0) section.charts.push_back(chart_of(done, one.name));
    }
    section.paragraphs.push_back(fmt::format(
        "{} hosts stay; guests come four at a time, hear everybody, and end by SIGTERM and SIGKILL "
        "in turn. {} ids take turns, so each comes back. {} samples in {:.0f} s, each {:.0f} s "
        "after "
        "the last guest of its batch; medians of the second and of the last fifth of them, summed "
        "over the hosts that stay.",
        residents,
        ids_of(asked),
        done.samples.size(),
        std::chrono::duration<double>(done.took).count(),
        std::chrono::duration<double>(quiet_wait).count()
    ));
    section.tables.push_back(std::move(table));
    report.sections.push_back(std::move(section));
    report.data = {
        {"schema", "meshhost.lab_accounting/1"},
        {"cycles", static_cast<std::int64_t>(done.cycles)},
        {"killed", static_cast<std::int64_t>(done.killed)},
        {"machine", describe_machine()},
        {"finding", report.lead},
        {"tables", std::move(verdicts)},
        {"samples", json_of(done.samples)}};
    return report;
}

}  // namespace

outcome<model::report> accounting_experiment(
    const experiment_request& asked,
    const config::surroundings& around,
    progress& shown
) {
    auto request = experiment_lab(asked, "accounting");
    request.nodes = residents;
    // So that who was killed is missed soon; see quiet_wait.
    // And so that what is remembered of the past is full when the warm-up is over.
    request.sets = {
        "quic.idle_timeout=2s",
        "quic.keep_alive=500ms",
        "telemetry.events_kept=512",
        "telemetry.flight_kept=64"};
    auto up = start_lab(request, around, shown);
    if (!up) return up.error();
    const auto done = run_guests(asked, up->lab, shown);
    const auto stopped = stop_lab(up->lab, {});
    if (!done) return done.error();
    if (!stopped) return stopped.error();
    return report_of(asked, *done);
}

}  // namespace meshhost::lab
