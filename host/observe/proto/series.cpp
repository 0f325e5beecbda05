// SPDX-License-Identifier: Apache-2.0
#include "observe/proto/series.hpp"

#include <algorithm>
#include <bit>

namespace meshhost::observe::proto {

namespace {

// A number of 64 bits in 16: below 2^10 itself, else a shift, from 1 on, and the ten bits behind
// the first.
constexpr std::uint16_t unknown = 0xffff;
constexpr unsigned kept_bits = 10;
constexpr std::uint64_t first_bit = std::uint64_t{1} << kept_bits;

std::uint16_t shortened(std::uint64_t value) {
    if (value < first_bit) return static_cast<std::uint16_t>(value);
    const auto shift = static_cast<unsigned>(std::bit_width(value)) - 1 - kept_bits;
    return static_cast<std::uint16_t>(((shift + 1) << kept_bits) | ((value >> shift) - first_bit));
}

std::uint64_t lengthened(std::uint16_t value) {
    if (value < first_bit) return value;
    const unsigned shift = (value >> kept_bits) - 1U;
    return (first_bit | (value % first_bit)) << shift;
}

}  // namespace

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
            ring.fill(unknown);
    }
    for (std::size_t i = 0; i < measures; ++i)
        if (values[i]) found->second.values[i][step_ % steps] = shortened(*values[i]);
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
        const auto value = ring[step % steps];
        all.push_back(
            value == unknown ? std::nullopt
                             : std::optional<double>(static_cast<double>(lengthened(value)))
        );
    }
    return all;
}

}  // namespace meshhost::observe::proto
