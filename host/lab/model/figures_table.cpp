// SPDX-License-Identifier: Apache-2.0
#include "lab/model/figures_table.hpp"

#include <fmt/format.h>

namespace meshhost::lab::model {

std::string figures_note() {
    return fmt::format(
        "CPU is the kernel's count for the processes, in percent of one core. Datagrams are those "
        "that the hosts count as sent; bytes are their UDP payload and {} a datagram for the IPv4 "
        "and UDP headers. PSS and RSS are from smaps_rollup, PSS with a share of what processes "
        "have in common. Other load is what the rest of the machine used meanwhile, in percent of "
        "one core: figures of CPU compare only at like loads.",
        header_bytes
    );
}

report_table figures_table(const std::vector<std::pair<std::string, window_figures>>& windows) {
    report_table table{
        {"window",
         "s",
         "CPU, % of a core",
         "datagrams/s",
         "bytes/s",
         "PSS, MiB a host",
         "RSS, MiB a host",
         "switches/s",
         "other load, %"},
        {}};
    const auto or_unknown = [](const std::optional<double>& value, int decimals) {
        return value ? fmt::format("{:.{}f}", *value, decimals) : std::string("not counted");
    };
    for (const auto& [label, figures] : windows)
        table.rows.push_back(
            {label,
             fmt::format("{:.0f}", figures.seconds),
             fmt::format("{:.3f}", figures.cpu_percent),
             or_unknown(figures.datagrams_per_s, 1),
             or_unknown(figures.bytes_per_s, 0),
             fmt::format("{:.2f}", figures.pss_mib),
             fmt::format("{:.2f}", figures.rss_mib),
             fmt::format("{:.0f}", figures.switches_per_s),
             fmt::format("{:.0f}", figures.other_percent)}
        );
    return table;
}

}  // namespace meshhost::lab::model
