// SPDX-License-Identifier: Apache-2.0
#include "admin/metrics_gathering.hpp"

#include "admin/host_metrics.hpp"
#include "net/cpu_clock.hpp"

#include <algorithm>
#include <array>
#include <cctype>
#include <chrono>
#include <memory>
#include <utility>

namespace meshhost::admin {

namespace {

/// Until all have answered.
struct gathering {
    std::vector<sourced_metrics> all;
    metrics_taker take;
    std::size_t missing = 1;  ///< the host's own count until all are asked

    void one_less() {
        if (--missing == 0) take(std::move(all));
    }
};

/// A role's own, less what takes the names of the host's.
telemetry::metrics_snapshot of_roles(telemetry::metrics_snapshot said) {
    constexpr std::array<std::string_view, 3> ours{"mesh", "process", "otel"};
    std::erase_if(said.metrics, [&](const telemetry::metric& each) {
        return std::any_of(ours.begin(), ours.end(), [&](std::string_view prefix) {
            const bool begins = each.name.starts_with(prefix);
            return begins && each.name.size() > prefix.size()
                   && std::isalnum(static_cast<unsigned char>(each.name[prefix.size()])) == 0;
        });
    });
    return said;
}

}  // namespace

void gather_metrics(
    const host_view& view,
    host_actions& actions,
    telemetry::cost_meter& costs,
    metrics_taker take
) {
    const duration before = net::thread_cpu_time();
    const auto work = std::make_shared<gathering>();
    work->take = std::move(take);
    telemetry::metrics_snapshot own;
    own.started = view.node().started_at.time_since_epoch();
    own.taken = std::chrono::system_clock::now().time_since_epoch();
    own.metrics = host_metrics(view);
    work->all.push_back({"", std::move(own)});
    costs.spent(net::thread_cpu_time() - before);
    for (const auto& plugin : view.plugins()) {
        ++work->missing;
        const auto keep =
            [work, name = plugin.instance](const telemetry::metrics_snapshot& said, bool is_fresh) {
                // What is known of one that does not answer is old: it is left out.
                if (is_fresh) work->all.push_back({name, of_roles(said)});
                work->one_less();
            };
        if (!actions.ask_metrics(plugin.instance, keep)) work->one_less();
    }
    work->one_less();
}

}  // namespace meshhost::admin
