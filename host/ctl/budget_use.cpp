// SPDX-License-Identifier: Apache-2.0
#include "ctl/budget_use.hpp"

#include "ctl/fields.hpp"
#include "ctl/words.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace meshhost::ctl {

namespace {

/// Absent when it is not said, or 0 where that stands for none.
std::optional<double> positive(const boost::json::object& from, std::string_view key) {
    const auto number = number_in(from, key);
    if (!number || *number <= 0) return {};
    return static_cast<double>(*number);
}

std::optional<double> cpu_used(const boost::json::object& meters) {
    const auto number = number_in(object_in(meters, "usage"), "cpu_millicores");
    if (!number) return {};
    return static_cast<double>(*number);
}

std::optional<double> memory_used(const boost::json::object& meters) {
    return positive(object_in(meters, "usage"), "rss_bytes");
}

std::optional<double> share(const std::optional<double>& used, const std::optional<double>& limit) {
    if (!used || !limit) return {};
    return *used / *limit;
}

std::string millicores_text(double millicores) {
    return fmt::format("{:.0f} m", millicores);
}

std::string use_text(
    const char* what,
    const std::optional<double>& used,
    const std::optional<double>& limit,
    std::string (*text)(double)
) {
    if (!used) return fmt::format("{} not measured", what);
    if (!limit) return fmt::format("{} {}, no limit declared", what, text(*used));
    return fmt::format(
        "{} {} of {} ({})",
        what,
        text(*used),
        text(*limit),
        percent_text(*used / *limit)
    );
}

}  // namespace

std::optional<double> cpu_share(const boost::json::object& meters) {
    return share(cpu_used(meters), positive(object_in(meters, "budget"), "cpu_millicores"));
}

std::optional<double> memory_share(const boost::json::object& meters) {
    return share(memory_used(meters), positive(object_in(meters, "budget"), "memory_bytes"));
}

std::string percent_text(double share) {
    return fmt::format("{:.0f} %", share * 100);
}

std::string budget_use_text(const boost::json::object& meters, const console& out) {
    const auto& budget = object_in(meters, "budget");
    return use_text("CPU", cpu_used(meters), positive(budget, "cpu_millicores"), millicores_text)
           + out.dot()
           + use_text("RAM", memory_used(meters), positive(budget, "memory_bytes"), bytes_text);
}

std::vector<std::string> budget_warnings(const boost::json::object& meters) {
    const auto& budget = object_in(meters, "budget");
    std::vector<std::string> warnings;
    if (const auto cpu = cpu_share(meters); cpu && *cpu > 1)
        warnings.push_back(
            "over its budget: "
            + use_text("CPU", cpu_used(meters), positive(budget, "cpu_millicores"), millicores_text)
        );
    if (const auto memory = memory_share(meters); memory && *memory > 1)
        warnings.push_back(
            "over its budget: "
            + use_text("RAM", memory_used(meters), positive(budget, "memory_bytes"), bytes_text)
        );
    return warnings;
}

void add_budget_use(boost::json::object& status, const boost::json::object& meters) {
    if (auto* self = status["self"].if_object()) {
        (*self)["usage"] = object_in(meters, "usage");
        (*self)["budget"] = object_in(meters, "budget");
    }
    auto warnings = array_in(status, "warnings");
    for (const auto& warning : budget_warnings(meters))
        warnings.emplace_back("this host is " + warning);
    status["warnings"] = std::move(warnings);
}

}  // namespace meshhost::ctl
