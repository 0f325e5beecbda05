// SPDX-License-Identifier: Apache-2.0
#pragma once
// Which paths and deliveries are out of the ordinary.
#include "base/time.hpp"
#include "telemetry/flight_recorder.hpp"
#include "telemetry/histogram.hpp"

#include <array>
#include <map>
#include <optional>
#include <string>
#include <string_view>

namespace meshhost::telemetry {

/// Remembers when peers' paths moved last. Pure; one thread.
class path_watch {
public:
    static constexpr std::size_t moves_of_flap = 4;  ///< of one peer, within `window`
    static constexpr duration window = 10s;
    static constexpr std::size_t peers_max = 256;  ///< remembered

    /// A peer's path is another; as the events name paths: "direct ADDRESS", "relayed", or none.
    std::optional<anomaly> on_moved(
        const std::string& peer,
        std::string_view from,
        std::string_view to,
        time_point now
    );

private:
    struct moves {
        std::array<time_point, moves_of_flap> at{};  ///< a ring; the epoch: never
        std::size_t next = 0;
    };
    void make_room(time_point now);

    std::map<std::string, moves> peers_;
};

/// How long messages that were announced took to come. Pure; one thread.
class delivery_watch {
public:
    static constexpr double factor = 3;            ///< times the 99th percentile is late
    static constexpr duration least = 250ms;       ///< and so much at least
    static constexpr std::uint64_t samples = 100;  ///< before which none is late

    delivery_watch();

    /// True: it is late, by what came before it.
    bool on_delivery(duration waited);

    /// Seconds; in which 99 of 100 deliveries lie, to the end of a range.
    double p99() const;
    const histogram& waits() const noexcept { return waits_; }

private:
    histogram waits_;
};

}  // namespace meshhost::telemetry
