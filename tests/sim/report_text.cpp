// SPDX-License-Identifier: Apache-2.0
#include "sim/report_text.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <iterator>

namespace meshhost::sim {
namespace {

class report {
public:
    explicit report(const campaign_result& result)
        : result_(result) {}

    std::string write() && {
        const scenario& of = result_.settings;
        line("{}: {}", of.name, of.title);
        line("{} nodes, seeds {}", of.nodes, fmt::join(of.seeds, ", "));
        columns([](const rules_result& one) { return std::string(one.rules.name); }, "");
        for (const std::string& name : metric_names(of))
            metric(name);
        degrees();
        promises();
        return std::move(text_);
    }

private:
    template <class... Args>
    void line(fmt::format_string<Args...> format, Args&&... args) {
        fmt::format_to(std::back_inserter(text_), format, std::forward<Args>(args)...);
        text_ += '\n';
    }

    template <class CellOf>
    void columns(CellOf cell_of, std::string_view label) {
        fmt::format_to(std::back_inserter(text_), "  {:<30}", label);
        for (const rules_result& one : result_.rules)
            fmt::format_to(std::back_inserter(text_), "{:>14}", cell_of(one));
        text_ += '\n';
    }

    void metric(const std::string& name) {
        const auto has = [&](const rules_result& one) {
            return value_of(one.metrics, name).has_value();
        };
        if (std::none_of(result_.rules.begin(), result_.rules.end(), has)) return;
        const auto cell = [&](const rules_result& one) {
            const auto value = value_of(one.metrics, name);
            return value ? fmt::format("{:.4g}", *value) : std::string("-");
        };
        columns(cell, name);
    }

    void degrees() {
        std::size_t most = 0;
        for (const rules_result& one : result_.rules) {
            for (const run_record& run : one.runs)
                most = std::max(most, summary_of(run.final_overlay).degrees.size());
        }
        for (std::size_t degree = 0; degree < most; ++degree) {
            const auto cell = [&](const rules_result& one) {
                std::uint64_t nodes = 0;
                for (const run_record& run : one.runs) {
                    const auto degrees = summary_of(run.final_overlay).degrees;
                    nodes += degree < degrees.size() ? degrees[degree] : 0;
                }
                return fmt::format(
                    "{:.1f}",
                    static_cast<double>(nodes) / static_cast<double>(one.runs.size())
                );
            };
            columns(cell, fmt::format("nodes of degree {}", degree));
        }
    }

    void promises() {
        for (const rules_result& one : result_.rules) {
            for (const broken_promise& broken : one.broken)
                line("  MISSED {}: {}", one.rules.name, sentence(broken));
            for (const std::string& what : one.violations)
                line("  WRONG {}: {}", one.rules.name, what);
            if (!one.is_good()) replay(one);
            if (!one.is_good() || !one.rules.keeps_promises) continue;
            line(
                "  {}: all {} expectations hold",
                one.rules.name,
                result_.settings.expectations.size()
            );
        }
    }

    /// How to see it again: the seeds that did it. A mean may be off by none of them alone.
    void replay(const rules_result& one) {
        std::vector<std::uint64_t> seeds;
        for (const run_record& run : one.runs) {
            if (!run.violations.empty() || !check(result_.settings, run.metrics).empty())
                seeds.push_back(run.seed);
        }
        const auto& again = seeds.empty() ? result_.settings.seeds : seeds;
        line(
            "  again: mesh_sim --rules {} --seeds {} {}",
            one.rules.name,
            fmt::join(again, ","),
            result_.settings.file
        );
    }

    const campaign_result& result_;
    std::string text_;
};

}  // namespace

std::string text_report(const campaign_result& result) {
    return report(result).write();
}

std::string trace_lines(const campaign_result& result) {
    std::string text;
    for (const rules_result& one : result.rules) {
        for (const run_record& run : one.runs) {
            fmt::format_to(
                std::back_inserter(text),
                "{} {} {} {:016x}\n",
                result.settings.name,
                one.rules.name,
                run.seed,
                run.trace
            );
        }
    }
    return text;
}

}  // namespace meshhost::sim
