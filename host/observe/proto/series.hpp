// SPDX-License-Identifier: Apache-2.0
#pragma once
// The last minutes of every node in numbers, at one step for all. Pure.
#include <array>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

namespace meshhost::observe::proto {

enum class measure : std::uint8_t { cpu, rss, rx, tx, messages };
inline constexpr std::size_t measures = 5;

/// "cpu", "rss", "rx", "tx", "messages".
const char* to_string(measure what) noexcept;

/// One step's values of a node: millicores, bytes, bytes a second, bytes a second, a second.
using sample = std::array<std::optional<std::uint64_t>, measures>;

/// Values are kept with ten bits, 0.1 % of them, which is more than a chart shows. Nodes above
/// nodes_max are not kept: those that came first are.
class series {
public:
    static constexpr std::size_t steps = 300;
    static constexpr std::size_t nodes_max = 1024;

    /// What was measured during the present step.
    void set(const std::string& node, const sample& values);
    /// The present step is over.
    void advance();
    void forget(const std::string& node) { rows_.erase(node); }

    /// `steps` values at most, the oldest first; nullopt where nothing was measured. Steps before
    /// the node was first seen are left out.
    std::vector<std::optional<double>> of(const std::string& node, measure what) const;

    std::size_t nodes() const noexcept { return rows_.size(); }

private:
    struct row {
        std::array<std::array<std::uint16_t, steps>, measures> values;  ///< rings, by step
        std::uint64_t first = 0;                                        ///< its first step
    };

    std::map<std::string, row> rows_;
    std::uint64_t step_ = 0;
};

}  // namespace meshhost::observe::proto
