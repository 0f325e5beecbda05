// SPDX-License-Identifier: Apache-2.0
#include "ctl/budget_use.hpp"

#include "ctl/fields.hpp"
#include "ctl/words.hpp"

#include <fmt/format.h>

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

void add_budget_use(boost::json::object& status, const boost::json::object& meters) {
    auto* self = status.if_contains("self");
    if (self == nullptr || !self->is_object()) return;
    self->get_object()["usage"] = object_in(meters, "usage");
    self->get_object()["budget"] = object_in(meters, "budget");
}

}  // namespace meshhost::ctl
