// SPDX-License-Identifier: Apache-2.0
#pragma once
// The hosts of a mesh in numbers over time: meters come in as lines, rates and totals come out.
// Rates are differences of a host's counters over its own uptime, so that no clock of ours and no
// delay on the way is in them. Pure.
#include "base/time.hpp"

#include <boost/json/object.hpp>

#include <cstdint>
#include <deque>
#include <map>
#include <optional>
#include <string>
#include <vector>

namespace meshhost::ctl {

inline constexpr std::size_t top_hosts_max = 4096;
inline constexpr std::size_t top_history_length = 8;

struct host_rates {
    double received = 0;  ///< bytes a second
    double sent = 0;
    double messages = 0;  ///< of the gossip a second, each counted once
    double copies = 0;    ///< of them, those that came twice included
};

struct host_row {
    std::string id;
    std::string name;
    std::string tier;
    std::string state;  ///< its own words
    std::string error;  ///< why it cannot be asked; empty when it can
    std::string at;     ///< its own time
    std::optional<double> cpu_millicores;
    std::optional<double> cpu_budget;
    std::optional<double> memory_bytes;
    std::optional<double> memory_budget;
    std::deque<double> cpu_history;  ///< shares of the budget, or of a processor; the newest last
    std::int64_t eager = 0;
    std::int64_t lazy = 0;
    std::optional<duration> rtt;      ///< the median of its edges
    std::optional<host_rates> rates;  ///< nullopt until it has spoken twice
    duration silence{};               ///< since the last line of it
};

struct mesh_totals {
    std::size_t nodes = 0;
    std::size_t hubs = 0;
    std::size_t unreachable = 0;
    double cpu_millicores = 0;
    double cpu_budget = 0;
    double memory_bytes = 0;
    double memory_budget = 0;
    double messages = 0;
    double copies = 0;
    std::string at;  ///< the latest of the hosts' times
};

class top_model {
public:
    /// One line of GET /v1/mesh/meters, which came at `now`. What is no host's line is left out.
    void take(const boost::json::object& line, time_point now);
    /// Hosts of which nothing was heard since then are left out from now on.
    void forget_before(time_point then);

    /// By name.
    std::vector<host_row> rows(time_point now) const;
    mesh_totals totals(time_point now) const;

private:
    struct counters {
        duration uptime{};
        double received = 0;
        double sent = 0;
        double delivered = 0;
        double duplicates = 0;
    };
    struct host {
        host_row row;
        std::optional<counters> last;
        time_point heard{};
    };

    static counters read_counters(const boost::json::object& line);
    static std::optional<host_rates> rates_between(const counters& before, const counters& after);

    std::map<std::string, host> hosts_;  ///< by id
};

}  // namespace meshhost::ctl
