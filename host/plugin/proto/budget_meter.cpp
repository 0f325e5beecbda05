// SPDX-License-Identifier: Apache-2.0
#include "plugin/proto/budget_meter.hpp"

#include <spdlog/fmt/fmt.h>

namespace meshhost::plugin::proto {

namespace {

std::string words_for(budget_kind kind, const call_budget& budget, std::uint64_t refusals) {
    const auto most = [&](std::uint64_t limit, const char* unit, const char* what) {
        return fmt::format(
            "{} budget {}{} exhausted, {} {} refused",
            name_of(kind),
            limit,
            unit,
            refusals,
            what
        );
    };
    switch (kind) {
    case budget_kind::gossip:
        return most(budget.gossip_bytes_per_s, " B/s", "publishes");
    case budget_kind::streams:
        return most(budget.streams, "", "streams");
    case budget_kind::timers:
        return most(budget.timers, "", "timers");
    }
    return {};
}

}  // namespace

const char* name_of(budget_kind kind) noexcept {
    switch (kind) {
    case budget_kind::gossip:
        return "gossip";
    case budget_kind::streams:
        return "stream";
    case budget_kind::timers:
        return "timer";
    }
    return "";
}

bool budget_meter::refused(budget_kind kind, time_point now) noexcept {
    ++recent_[index(kind)];
    ++total_[index(kind)];
    if (deadline_ != no_deadline) return false;
    deadline_ = now + refusals_told_every;
    return true;
}

std::optional<budget_meter::report> budget_meter::poll(time_point now) {
    if (deadline_ == no_deadline || now < deadline_) return std::nullopt;
    report made;
    for (std::size_t i = 0; i < budget_kinds; ++i) {
        if (recent_[i] == 0) continue;
        made.refusals += recent_[i];
        made.words += made.words.empty() ? "" : "; ";
        made.words += words_for(static_cast<budget_kind>(i), budget_, recent_[i]);
    }
    made.words += fmt::format(
        " in the last {} s",
        std::chrono::duration_cast<std::chrono::seconds>(refusals_told_every).count()
    );
    recent_ = {};
    deadline_ = no_deadline;
    return made;
}

}  // namespace meshhost::plugin::proto
