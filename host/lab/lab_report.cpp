// SPDX-License-Identifier: Apache-2.0
#include "lab/lab_report.hpp"

#include "lab/chaos.hpp"
#include "lab/lab_dir.hpp"
#include "lab/lab_status.hpp"
#include "lab/measure.hpp"
#include "lab/model/fields.hpp"
#include "lab/model/figures_table.hpp"

#include <boost/json/parse.hpp>
#include <fmt/format.h>

#include <algorithm>
#include <sstream>

namespace meshhost::lab {
namespace {

using boost::json::object;
using model::array_at;
using model::integer_at;
using model::object_at;
using model::real_at;
using model::report_section;
using model::report_table;
using model::text_at;

object read_object(const std::filesystem::path& file) {
    boost::json::error_code ec;
    const auto parsed = boost::json::parse(read_file(file).value_or(""), ec);
    return !ec && parsed.is_object() ? parsed.get_object() : object();
}

std::vector<object> read_lines(const std::filesystem::path& file) {
    std::vector<object> all;
    std::istringstream lines(read_file(file).value_or(""));
    for (std::string line; std::getline(lines, line);) {
        boost::json::error_code ec;
        const auto parsed = boost::json::parse(line, ec);
        if (!ec && parsed.is_object()) all.push_back(parsed.get_object());
    }
    return all;
}

std::string number_text(const object& from, std::string_view key, int decimals) {
    const auto value = real_at(from, key);
    return value ? fmt::format("{:.{}f}", *value, decimals) : std::string("not measured");
}

report_section boot_section(const object& boot) {
    report_section section{"Boot", {}, {}, {}};
    section.paragraphs.push_back(
        "From the start of the first process. The others start when the first has told its port."
    );
    section.tables.push_back(
        {{"event", "ms"},
         {{"the first host is ready", number_text(boot, "first_ready_ms", 0)},
          {"all hosts are ready", number_text(boot, "all_ready_ms", 0)},
          {"every host hears every other", number_text(boot, "all_heard_ms", 0)}}}
    );
    return section;
}

/// "31 of 250 m (12 %)".
std::string share_text(std::optional<double> used, std::optional<double> of, const char* unit) {
    if (!used) return "not told";
    if (!of || *of <= 0) return fmt::format("{:.0f} {}, no budget", *used, unit);
    return fmt::format("{:.0f} of {:.0f} {} ({:.0f} %)", *used, *of, unit, *used / *of * 100);
}

report_section hosts_section(const object& status) {
    constexpr double mebibyte = 1 << 20;
    report_section section{"Hosts", {}, {}, {}};
    report_table table{{"host", "role", "process", "hears", "CPU of budget", "RAM of budget"}, {}};
    const auto scaled = [](std::optional<double> value) {
        return value ? std::optional(*value / mebibyte) : value;
    };
    for (const auto& item : array_at(status, "hosts")) {
        if (!item.is_object()) continue;
        const auto& host = item.get_object();
        const auto& usage = object_at(host, "usage");
        const auto& budget = object_at(host, "budget");
        table.rows.push_back(
            {text_at(host, "name"),
             text_at(host, "role"),
             text_at(host, "process"),
             std::to_string(integer_at(host, "hears").value_or(0)),
             share_text(real_at(usage, "cpu_millicores"), real_at(budget, "cpu_millicores"), "m"),
             share_text(
                 scaled(real_at(usage, "rss_bytes")),
                 scaled(real_at(budget, "memory_bytes")),
                 "MiB"
             )}
        );
    }
    section.tables.push_back(std::move(table));
    return section;
}

plot::curve curve_of(const std::vector<object>& windows, const char* key) {
    plot::curve curve{key, {}};
    for (std::size_t i = 0; i < windows.size(); ++i)
        if (const auto value = real_at(object_at(windows[i], "figures"), key))
            curve.points.push_back({static_cast<double>(i + 1), *value});
    return curve;
}

report_section windows_section(const std::vector<object>& windows) {
    report_section section{"Measured windows", {model::figures_note()}, {}, {}};
    report_table table{
        {"window",
         "s",
         "CPU, % of a core",
         "datagrams/s",
         "bytes/s",
         "PSS, MiB a host",
         "other load, %"},
        {}};
    for (const object& window : windows) {
        const auto& figures = object_at(window, "figures");
        table.rows.push_back(
            {text_at(window, "label"),
             number_text(figures, "seconds", 0),
             number_text(figures, "cpu_percent", 3),
             number_text(figures, "datagrams_per_s", 1),
             number_text(figures, "bytes_per_s", 0),
             number_text(figures, "pss_mib", 2),
             number_text(figures, "other_percent", 0)}
        );
    }
    section.tables.push_back(std::move(table));
    if (windows.size() > 1)
        section.charts = {
            {"CPU of all hosts", "window", "% of a core", {curve_of(windows, "cpu_percent")}},
            {"Sent by all hosts", "window", "bytes/s", {curve_of(windows, "bytes_per_s")}}};
    return section;
}

/// For each state that somebody was seen in: how many had seen it by when.
plot::chart timeline_chart(const object& deed) {
    plot::chart drawn{text_at(deed, "deed"), "seconds after the deed", "hosts that saw it", {}};
    std::map<std::string, std::vector<double>> times;
    for (const auto& item : array_at(deed, "timeline")) {
        if (!item.is_object()) continue;
        const auto& change = item.get_object();
        const auto label = text_at(change, "peer") + " " + text_at(change, "to");
        times[label].push_back(real_at(change, "after_ms").value_or(0) / 1000);
    }
    constexpr std::size_t curves_max = 6;
    for (auto& [label, at] : times) {
        if (drawn.curves.size() == curves_max) break;
        std::sort(at.begin(), at.end());
        plot::curve curve{label, {}};
        for (std::size_t i = 0; i < at.size(); ++i) {
            curve.points.push_back({at[i], static_cast<double>(i)});
            curve.points.push_back({at[i], static_cast<double>(i + 1)});
        }
        drawn.curves.push_back(std::move(curve));
    }
    return drawn;
}

report_section deeds_section(const std::vector<object>& deeds) {
    report_section section{"What was done, and what came of it", {}, {}, {}};
    report_table table{{"deed", "expected", "measured, ms", ""}, {}};
    for (const object& deed : deeds) {
        const auto& verdicts = array_at(deed, "verdicts");
        if (verdicts.empty()) table.rows.push_back({text_at(deed, "deed"), "", "", ""});
        for (const auto& item : verdicts) {
            if (!item.is_object()) continue;
            const auto& verdict = item.get_object();
            const auto* passed = verdict.if_contains("passed");
            const bool is_passed = passed != nullptr && *passed == boost::json::value(true);
            const auto measured = real_at(verdict, "measured_ms");
            table.rows.push_back(
                {text_at(deed, "deed"),
                 text_at(verdict, "expectation"),
                 measured ? fmt::format("{:.0f}", *measured) : std::string("did not happen"),
                 is_passed ? "PASS" : "FAIL"}
            );
        }
        if (!array_at(deed, "timeline").empty()) section.charts.push_back(timeline_chart(deed));
    }
    section.tables.push_back(std::move(table));
    return section;
}

std::string lead_of(
    const model::lab_record& lab,
    const object& boot,
    const std::vector<object>& deeds
) {
    const auto failed = std::count_if(deeds.begin(), deeds.end(), [](const object& deed) {
        const auto* passed = deed.if_contains("passed");
        return passed != nullptr && *passed == boost::json::value(false);
    });
    auto text = fmt::format(
        "{} hosts heard each other {} ms after the first process started",
        lab.nodes.size(),
        number_text(boot, "all_heard_ms", 0)
    );
    if (deeds.empty()) return text + ".";
    return text
           + fmt::format(
               "; of {} things that were done to them, {} went otherwise than expected.",
               deeds.size(),
               failed == 0 ? std::string("none") : std::to_string(failed)
           );
}

}  // namespace

model::report lab_report(const model::lab_record& lab) {
    const auto boot = read_object(lab.dir / "boot.json");
    const auto windows = read_lines(lab.dir / "windows.ndjson");
    const auto deeds = read_history(lab.dir);
    auto status = lab_status(lab);
    model::report report;
    report.title = fmt::format("Lab {} of {}", lab.name, lab.created_at);
    report.lead = lead_of(lab, boot, deeds);
    report.sections.push_back(boot_section(boot));
    report.sections.push_back(hosts_section(status));
    if (!windows.empty()) report.sections.push_back(windows_section(windows));
    if (!deeds.empty()) report.sections.push_back(deeds_section(deeds));
    boost::json::array all_windows(windows.begin(), windows.end());
    boost::json::array all_deeds(deeds.begin(), deeds.end());
    report.data = {
        {"schema", "meshhost.lab_report/1"},
        {"machine", describe_machine()},
        {"lab", model::to_json(lab)},
        {"boot", boot},
        {"status", std::move(status)},
        {"windows", std::move(all_windows)},
        {"deeds", std::move(all_deeds)}};
    return report;
}

}  // namespace meshhost::lab
