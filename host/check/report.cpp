// SPDX-License-Identifier: Apache-2.0
#include "check/report.hpp"

#include "plugin/plugin_fault.hpp"

#include <boost/json/array.hpp>
#include <spdlog/fmt/fmt.h>

#include <algorithm>
#include <array>
#include <charconv>

namespace meshhost::check {

namespace {

constexpr std::size_t line_max = 1000;
constexpr std::array<std::string_view, 4> names{"pass", "note", "warning", "fail"};

std::size_t count(const report& of, verdict how) {
    return static_cast<std::size_t>(std::count_if(
        of.findings.begin(),
        of.findings.end(),
        [how](const finding& each) { return each.how == how; }
    ));
}

}  // namespace

std::string_view verdict_name(verdict how) noexcept {
    return names[static_cast<std::size_t>(how)];
}

bool report::has_failed() const noexcept {
    return std::any_of(findings.begin(), findings.end(), [](const finding& each) {
        return each.how == verdict::fail;
    });
}

int report::exit_status() const noexcept {
    if (!is_plugin) return 2;
    return has_failed() ? 1 : 0;
}

std::string report_text(const report& of) {
    std::string out;
    for (const finding& each : of.findings) {
        out += fmt::format("{:<8} {:<22} {}\n", verdict_name(each.how), each.check, each.what);
        if (!each.remedy.empty()) out += fmt::format("{:<32}to do: {}\n", "", each.remedy);
    }
    const char* const result = !of.is_plugin     ? "is no plugin"
                               : of.has_failed() ? "FAILED"
                                                 : "passed";
    out += fmt::format(
        "{}: {}, level {}: {} passed, {} failed, {} warnings\n",
        of.path,
        result,
        of.level,
        count(of, verdict::pass) + count(of, verdict::note),
        count(of, verdict::fail),
        count(of, verdict::warning)
    );
    return out;
}

boost::json::object report_json(const report& of) {
    boost::json::array findings;
    for (const finding& each : of.findings)
        findings.push_back(boost::json::object{
            {"check", each.check},
            {"level", each.level},
            {"verdict", verdict_name(each.how)},
            {"what", each.what},
            {"remedy", each.remedy}});
    return {
        {"path", of.path},
        {"level", of.level},
        {"seed", of.seed},
        {"plugin", of.is_plugin},
        {"passed", of.is_plugin && !of.has_failed()},
        {"findings", std::move(findings)}};
}

std::string finding_line(const finding& what) {
    return fmt::format(
        "{}\t{}\t{}\t{}\t{}\n",
        verdict_name(what.how),
        what.level,
        what.check,
        plugin::one_line(what.what, line_max),
        plugin::one_line(what.remedy, line_max)
    );
}

finding read_finding_line(std::string_view line) {
    std::array<std::string_view, 5> fields;
    for (auto& field : fields) {
        const auto end = std::min(line.find('\t'), line.size());
        field = line.substr(0, end);
        line.remove_prefix(std::min(end + 1, line.size()));
    }
    finding read;
    const auto named = std::find(names.begin(), names.end(), fields[0]);
    read.how = named == names.end() ? verdict::fail : verdict(named - names.begin());
    std::from_chars(fields[1].data(), fields[1].data() + fields[1].size(), read.level);
    read.check = fields[2];
    read.what = fields[3];
    read.remedy = fields[4];
    return read;
}

}  // namespace meshhost::check
