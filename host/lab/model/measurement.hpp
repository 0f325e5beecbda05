// SPDX-License-Identifier: Apache-2.0
#pragma once
// What the hosts of a lab used between two readings.
#include "base/time.hpp"

#include <boost/json/object.hpp>

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

namespace meshhost::lab::model {

struct host_reading {
    std::string name;
    std::int64_t pid = 0;
    duration cpu{};  ///< of all its threads, since it started
    std::uint64_t pss_kib = 0;
    std::uint64_t rss_kib = 0;
    std::uint64_t switches = 0;              ///< of threads, voluntary and not
    std::optional<std::uint64_t> datagrams;  ///< sent, by its own count
    std::optional<std::uint64_t> bytes;      ///< of their UDP payload
};

struct reading {
    time_point at{};
    duration machine_busy{};  ///< CPU time of the whole machine but for waiting
    std::vector<host_reading> hosts;
};

/// Bytes of an IPv4 and a UDP header, which come on top of the payload that a host counts.
inline constexpr std::uint64_t header_bytes = 28;

/// Of all hosts together, unless it says otherwise. CPU in percent of one core.
struct window_figures {
    double seconds = 0;
    std::size_t hosts = 0;  ///< that ran from the one reading to the other
    double cpu_percent = 0;
    double other_percent = 0;  ///< what the rest of the machine used
    double pss_mib = 0;        ///< a host, at the end
    double rss_mib = 0;        ///< a host, at the end
    double switches_per_s = 0;
    std::optional<double> datagrams_per_s;
    std::optional<double> bytes_per_s;             ///< with headers
    std::map<std::string, double> cpu_percent_of;  ///< by host
    std::map<std::string, double> pss_mib_of;
};

/// Hosts that were not the same process at both times are left out.
window_figures figures_between(const reading& from, const reading& to);

boost::json::object to_json(const window_figures& figures);

/// The middle one, or the mean of the two in the middle; 0 of none.
double median(std::vector<double> values);

}  // namespace meshhost::lab::model
