// SPDX-License-Identifier: Apache-2.0
#pragma once
// How loaded this node calls itself: eighths of what it may use, of a smoothed signal, with
// hysteresis, so that a load that sits at a boundary or swings is told once and not all the time.
#include "base/time.hpp"
#include "peers/proto/config.hpp"
#include "peers/proto/node_facts.hpp"

#include <optional>

namespace meshhost::peers::proto {

/// One of the two signals. A machine's part.
class load_signal {
public:
    explicit load_signal(const config& options)
        : options_(options) {}

    /// The class after one more sample. One that is no number, or below zero, was not measured:
    /// what was said stands.
    std::uint8_t sample(time_point now, double share);

private:
    void smooth(time_point now, double share);
    std::uint8_t judge() const;

    config options_;
    std::optional<double> smoothed_;
    time_point sampled_at_{};
    std::uint8_t class_ = load_class::not_measured;
    time_point entered_at_{};
};

/// A machine: samples in, classes out, for peers_service::set_load. Samples may come at any pace.
class load_tracker {
public:
    explicit load_tracker(const config& options = {})
        : cpu_(options)
        , memory_(options) {}

    /// Shares of the declared budget, or of the machine where none is: 0 is idle, 1 all of it.
    load_class sample(time_point now, double cpu_share, double memory_share) {
        return {cpu_.sample(now, cpu_share), memory_.sample(now, memory_share)};
    }

private:
    load_signal cpu_;
    load_signal memory_;
};

}  // namespace meshhost::peers::proto
