// SPDX-License-Identifier: Apache-2.0
#include "plugin/probe_report.hpp"

#include "plugin/proto/limits.hpp"

namespace meshhost::plugin {

namespace {

constexpr std::string_view step_mark = "step ";
constexpr std::string_view fault_mark = "fault ";
constexpr std::string_view done = "done";

}  // namespace

std::string step_line(std::string_view step) {
    return std::string(step_mark).append(step) + "\n";
}

std::string done_line() {
    return std::string(done) + "\n";
}

std::string fault_line(const plugin_fault& fault) {
    return std::string(fault_mark) + fault.code + " " + one_line(fault.text, proto::fault_text_max)
           + "\n";
}

probe_report read_probe_report(std::string_view text) {
    probe_report report;
    for (auto end = text.find('\n'); end != std::string_view::npos; end = text.find('\n')) {
        std::string_view line = text.substr(0, end);
        text.remove_prefix(end + 1);
        if (line.starts_with(step_mark)) {
            report.step = line.substr(step_mark.size());
        } else if (line == done) {
            report.is_done = true;
        } else if (line.starts_with(fault_mark)) {
            line.remove_prefix(fault_mark.size());
            const auto space = line.find(' ');
            if (space == std::string_view::npos) continue;
            report.fault = plugin_fault{
                std::string(line.substr(0, space)),
                std::string(line.substr(space + 1))};
        }
    }
    return report;
}

}  // namespace meshhost::plugin
