// SPDX-License-Identifier: Apache-2.0
#include "plugin/probe_report.hpp"

#include "plugin/crash_reporter.hpp"
#include "plugin/proto/limits.hpp"
#include "plugin/told_fault.hpp"

#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>
#include <boost/json/value_from.hpp>
#include <boost/json/value_to.hpp>

namespace meshhost::plugin {

namespace json = boost::json;

namespace {

constexpr std::string_view step_mark = "step ";
constexpr std::string_view role_mark = "role ";
constexpr std::string_view fault_mark = "fault ";
constexpr std::string_view done = "done";
constexpr std::size_t place_size_max = 16;  // digits of an address

std::optional<probed_role> read_role(std::string_view text) {
    try {
        const json::value root = json::parse(text);
        const auto word = [&root](const char* key) {
            return one_line(json::value_to<std::string>(root.at(key)), proto::text_max);
        };
        const auto words = [&root](const char* key) {
            auto all = json::value_to<std::vector<std::string>>(root.at(key));
            for (std::string& each : all)
                each = one_line(each, proto::text_max);
            return all;
        };
        probed_role found;
        found.role.name = word("role");
        found.role.version = word("version");
        found.role.vendor = word("vendor");
        found.role.summary = word("summary");
        found.role.flags = root.at("flags").to_number<std::uint32_t>();
        found.role.permissions = words("permissions");
        found.role.capabilities = words("capabilities");
        found.role.limits.cpu_millicores = root.at("cpu").to_number<std::uint32_t>();
        found.role.limits.memory_bytes = root.at("memory").to_number<std::uint64_t>();
        found.warnings = words("warnings");
        if (!is_role_name(found.role.name)) return std::nullopt;
        return found;
    } catch (const std::exception&) {  // how Boost.JSON reports what is missing or of another type
        return std::nullopt;
    }
}

}  // namespace

std::string role_line(const instance_plan& plan) {
    const role_description& role = *plan.role;
    return std::string(role_mark)
           + json::serialize(json::object{
               {"role", role.name},
               {"version", role.version},
               {"vendor", role.vendor},
               {"summary", role.summary},
               {"flags", role.flags},
               {"cpu", role.limits.cpu_millicores},
               {"memory", role.limits.memory_bytes},
               {"permissions", json::value_from(role.permissions)},
               {"capabilities", json::value_from(role.capabilities)},
               {"warnings", json::value_from(plan.warnings)},
           })
           + "\n";
}

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
            report.step = one_line(line.substr(step_mark.size()), proto::name_max);
        } else if (line.starts_with(role_mark)) {
            report.found = read_role(line.substr(role_mark.size()));
        } else if (line.starts_with(crash_place_mark)) {
            report.place = one_line(line.substr(crash_place_mark.size()), place_size_max);
        } else if (line == done) {
            report.is_done = true;
        } else if (line.starts_with(fault_mark)) {
            line.remove_prefix(fault_mark.size());
            const auto space = line.find(' ');
            if (space == std::string_view::npos) continue;
            report.fault = told_fault(line.substr(0, space), line.substr(space + 1));
        }
    }
    return report;
}

}  // namespace meshhost::plugin
