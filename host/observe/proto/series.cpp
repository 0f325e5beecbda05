// SPDX-License-Identifier: Apache-2.0
#include "observe/proto/series.hpp"

#include <algorithm>
#include <cmath>

namespace meshhost::observe::proto {

const char* to_string(measure what) noexcept {
    switch (what) {
    case measure::cpu:
        return "cpu";
    case measure::rss:
        return "rss";
    case measure::rx:
        return "rx";
    case measure::tx:
        return "tx";
    case measure::messages:
        return "messages";
    }
    return "unknown";
}

void series::set(const std::string& node, const sample& values) {
    auto found = rows_.find(node);
    if (found == rows_.end()) {
        if (rows_.size() >= nodes_max) return;
        found = rows_.emplace(node, row{}).first;
        found->second.first = step_;
        for (auto& ring : found->second.values)
            ring.assign(steps, unknown);
    }
    for (std::size_t i = 0; i < measures; ++i)
        if (values[i]) found->second.values[i][step_ % steps] = static_cast<float>(*values[i]);
}

void series::advance() {
    ++step_;
    for (auto& [node, of] : rows_)
        for (auto& ring : of.values)
            ring[step_ % steps] = unknown;
}

std::vector<std::optional<double>> series::of(const std::string& node, measure what) const {
    std::vector<std::optional<double>> all;
    const auto found = rows_.find(node);
    if (found == rows_.end()) return all;
    const auto& ring = found->second.values[static_cast<std::size_t>(what)];
    const std::uint64_t kept = step_ >= steps ? step_ - steps + 1 : 0;
    for (auto step = std::max(found->second.first, kept); step <= step_; ++step) {
        const float value = ring[step % steps];
        all.push_back(std::isnan(value) ? std::nullopt : std::optional<double>(value));
    }
    return all;
}

}  // namespace meshhost::observe::proto
