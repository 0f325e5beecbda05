// SPDX-License-Identifier: Apache-2.0
#include "lab/model/measurement.hpp"

#include <algorithm>

namespace meshhost::lab::model {
namespace {

double seconds(duration value) {
    return std::chrono::duration<double>(value).count();
}

boost::json::object json_of(const std::map<std::string, double>& by_host) {
    boost::json::object all;
    for (const auto& [name, value] : by_host)
        all[name] = value;
    return all;
}

boost::json::value json_of(const std::optional<double>& value) {
    if (!value) return nullptr;
    return *value;
}

/// Adds the difference; nullopt as soon as one of them is not told.
void add(
    std::optional<double>& sum,
    const std::optional<std::uint64_t>& from,
    const std::optional<std::uint64_t>& to
) {
    if (!from || !to || *to < *from)
        sum.reset();
    else if (sum)
        *sum += static_cast<double>(*to - *from);
}

}  // namespace

window_figures figures_between(const reading& from, const reading& to) {
    constexpr double kib_per_mib = 1024;
    window_figures out;
    out.seconds = std::max(seconds(to.at - from.at), 1e-9);
    out.datagrams_per_s = 0;
    out.bytes_per_s = 0;
    duration cpu{};
    for (const host_reading& after : to.hosts) {
        const auto before =
            std::find_if(from.hosts.begin(), from.hosts.end(), [&](const host_reading& one) {
                return one.name == after.name && one.pid == after.pid;
            });
        if (before == from.hosts.end()) continue;
        ++out.hosts;
        cpu += after.cpu - before->cpu;
        out.cpu_percent_of[after.name] = seconds(after.cpu - before->cpu) / out.seconds * 100;
        out.pss_mib_of[after.name] = static_cast<double>(after.pss_kib) / kib_per_mib;
        out.pss_mib += static_cast<double>(after.pss_kib) / kib_per_mib;
        out.rss_mib += static_cast<double>(after.rss_kib) / kib_per_mib;
        out.switches_per_s +=
            static_cast<double>(after.switches - std::min(before->switches, after.switches));
        add(out.datagrams_per_s, before->datagrams, after.datagrams);
        add(out.bytes_per_s, before->bytes, after.bytes);
    }
    if (out.hosts == 0) return out;
    const auto hosts = static_cast<double>(out.hosts);
    out.pss_mib /= hosts;
    out.rss_mib /= hosts;
    out.switches_per_s /= out.seconds;
    if (out.bytes_per_s && out.datagrams_per_s)
        *out.bytes_per_s += *out.datagrams_per_s * static_cast<double>(header_bytes);
    if (out.datagrams_per_s) *out.datagrams_per_s /= out.seconds;
    if (out.bytes_per_s) *out.bytes_per_s /= out.seconds;
    out.cpu_percent = seconds(cpu) / out.seconds * 100;
    const double machine = seconds(to.machine_busy - from.machine_busy) / out.seconds * 100;
    out.other_percent = std::max(0.0, machine - out.cpu_percent);
    return out;
}

boost::json::object to_json(const window_figures& figures) {
    return {
        {"seconds", figures.seconds},
        {"hosts", static_cast<std::int64_t>(figures.hosts)},
        {"cpu_percent", figures.cpu_percent},
        {"other_percent", figures.other_percent},
        {"pss_mib", figures.pss_mib},
        {"rss_mib", figures.rss_mib},
        {"switches_per_s", figures.switches_per_s},
        {"datagrams_per_s", json_of(figures.datagrams_per_s)},
        {"bytes_per_s", json_of(figures.bytes_per_s)},
        {"cpu_percent_of", json_of(figures.cpu_percent_of)},
        {"pss_mib_of", json_of(figures.pss_mib_of)}};
}

double median(std::vector<double> values) {
    if (values.empty()) return 0;
    std::sort(values.begin(), values.end());
    const auto middle = values.size() / 2;
    return values.size() % 2 == 1 ? values[middle] : (values[middle - 1] + values[middle]) / 2;
}

}  // namespace meshhost::lab::model
