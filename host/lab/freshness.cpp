// SPDX-License-Identifier: Apache-2.0
#include "lab/freshness.hpp"

#include "lab/host_api.hpp"
#include "lab/interrupt.hpp"
#include "lab/look.hpp"
#include "lab/model/measurement.hpp"
#include "lab/process.hpp"

#include <algorithm>
#include <cmath>

namespace meshhost::lab {
namespace {

constexpr int looks = 8;
constexpr duration look_gap = 250ms;
constexpr int changes = 5;           ///< of which the median is taken
constexpr duration news_wait = 15s;  ///< for one change to be known everywhere
constexpr duration news_gap = 20ms;  ///< between two rounds of questions

struct lags {
    double sum = 0;
    double worst = 0;
    std::size_t count = 0;
};

void add_lags(const model::mesh_view& view, lags& all) {
    std::map<std::string, std::uint64_t> newest;
    for (const auto& host : view)
        for (const auto& [id, seen] : host.peers)
            newest[id] = std::max(newest[id], seen.sequence);
    for (const auto& host : view) {
        for (const auto& [id, seen] : host.peers) {
            const auto lag = static_cast<double>(newest[id] - seen.sequence);
            all.sum += lag;
            all.worst = std::max(all.worst, lag);
            ++all.count;
        }
    }
}

/// When the last other had seen `id` in `state`, by its own word; nullopt: not all have.
std::optional<time_point> known_since(
    const model::mesh_view& view,
    const std::string& id,
    std::string_view state
) {
    time_point last{};
    for (const auto& host : view) {
        if (host.id == id) continue;
        const auto seen = host.peers.find(id);
        if (seen == host.peers.end() || seen->second.state != state) return std::nullopt;
        last = std::max(last, seen->second.since);
    }
    return last;
}

std::optional<duration> await_news(
    const model::lab_record& lab,
    const model::lab_node& node,
    const char* order,
    std::string_view state
) {
    const auto told = monotonic_now();
    if (!post(lab.socket_of(node), order, {})) return std::nullopt;
    const auto names = running_hosts(lab);
    while (monotonic_now() < told + news_wait && !was_interrupted()) {
        if (const auto since = known_since(look_at(lab, names), node.id, state))
            return std::max(*since - told, duration::zero());
        pause_for(news_gap);
    }
    return std::nullopt;
}

std::optional<double> measure_news(const model::lab_record& lab) {
    const auto& node = lab.nodes.back();
    std::vector<double> took;
    for (int i = 0; i < changes; ++i) {
        const auto drained = await_news(lab, node, "/v1/drain", "draining");
        if (!drained) return std::nullopt;
        took.push_back(std::chrono::duration<double, std::milli>(*drained).count());
        if (!await_news(lab, node, "/v1/resume", "alive")) return std::nullopt;
        // Not in step with a clock that the hosts may tell by.
        pause_for(700ms + 130ms * i);
    }
    return model::median(std::move(took));
}

}  // namespace

freshness measure_freshness(const model::lab_record& lab) {
    lags all;
    const auto names = running_hosts(lab);
    for (int i = 0; i < looks && !was_interrupted(); ++i) {
        add_lags(look_at(lab, names), all);
        pause_for(look_gap);
    }
    freshness found;
    found.lag_mean = all.count > 0 ? all.sum / static_cast<double>(all.count) : 0;
    found.lag_max = all.worst;
    found.news_ms = measure_news(lab);
    return found;
}

boost::json::object to_json(const freshness& fresh) {
    return {
        {"lag_mean", fresh.lag_mean},
        {"lag_max", fresh.lag_max},
        {"news_ms", fresh.news_ms ? boost::json::value(*fresh.news_ms) : nullptr}};
}

}  // namespace meshhost::lab
