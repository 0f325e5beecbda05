// SPDX-License-Identifier: Apache-2.0
#include "lab/measure.hpp"

#include "lab/host_api.hpp"
#include "lab/interrupt.hpp"
#include "lab/lab_dir.hpp"
#include "lab/model/fields.hpp"
#include "lab/process.hpp"

#include <sys/utsname.h>
#include <unistd.h>

#include <ctime>
#include <filesystem>
#include <fstream>
#include <limits>
#include <sstream>

namespace meshhost::lab {
namespace {

std::string proc_path(std::int64_t pid, const char* name) {
    return "/proc/" + std::to_string(pid) + "/" + name;
}

/// Of all its threads, to the nanosecond (clock_getcpuclockid(3)).
duration cpu_of(std::int64_t pid) {
    clockid_t clock{};
    timespec used{};
    if (::clock_getcpuclockid(static_cast<pid_t>(pid), &clock) != 0
        || ::clock_gettime(clock, &used) != 0)
        return {};
    return std::chrono::seconds(used.tv_sec) + duration(used.tv_nsec);
}

std::uint64_t switches_of(std::int64_t pid) {
    std::uint64_t sum = 0;
    std::error_code ec;
    for (const auto& task : std::filesystem::directory_iterator(proc_path(pid, "task"), ec)) {
        std::ifstream status(task.path() / "status");
        for (std::string line; std::getline(status, line);)
            if (line.find("voluntary_ctxt_switches:") != std::string::npos)
                sum += std::strtoull(line.c_str() + line.find(':') + 1, nullptr, 10);
    }
    return sum;
}

/// /proc/stat: user, nice, system, irq, softirq and steal, in clock ticks.
duration machine_busy() {
    std::ifstream stat("/proc/stat");
    std::string cpu;
    std::uint64_t user = 0, nice = 0, system = 0, idle = 0, wait = 0, irq = 0, soft = 0, steal = 0;
    stat >> cpu >> user >> nice >> system >> idle >> wait >> irq >> soft >> steal;
    const auto ticks = static_cast<std::int64_t>(user + nice + system + irq + soft + steal);
    return duration(1s) * ticks / ::sysconf(_SC_CLK_TCK);
}

std::optional<std::uint64_t> counter(const boost::json::object& room, std::string_view name) {
    const auto value = model::integer_at(room, name);
    if (!value) return std::nullopt;
    return static_cast<std::uint64_t>(*value);
}

void read_traffic(const model::lab_record& lab, model::reading& into) {
    for (auto& host : into.hosts) {
        const auto probe = get(lab.socket_of(*lab.find(host.name)), "/v1/probe");
        if (!probe) continue;
        const auto& transport = model::object_at(*probe, "transport");
        host.datagrams = counter(transport, "datagrams_sent");
        host.bytes = counter(transport, "bytes_sent");
    }
}

void read_kernel(model::reading& into) {
    into.at = monotonic_now();
    into.machine_busy = machine_busy();
    for (auto& host : into.hosts) {
        host.cpu = cpu_of(host.pid);
        host.switches = switches_of(host.pid);
    }
}

}  // namespace

memory_use memory_of(std::int64_t pid) {
    memory_use use;
    std::ifstream rollup(proc_path(pid, "smaps_rollup"));
    rollup.ignore(std::numeric_limits<std::streamsize>::max(), '\n');  // the address range
    std::string key;
    std::string unit;
    for (std::uint64_t kib = 0; rollup >> key >> kib >> unit;) {
        if (key == "Rss:") use.rss_kib = kib;
        if (key == "Pss:") use.pss_kib = kib;
        if (key == "Anonymous:") use.anonymous_kib = kib;
    }
    return use;
}

model::reading read_usage(const model::lab_record& lab, window_side side) {
    model::reading now;
    for (const auto& node : lab.nodes)
        if (state_of(node.process) == process_state::running)
            now.hosts.push_back({node.name, node.process.pid, {}, 0, 0, 0, {}, {}});
    if (side == window_side::start) read_traffic(lab, now);
    read_kernel(now);
    if (side == window_side::start) return now;
    for (auto& host : now.hosts) {
        const auto memory = memory_of(host.pid);
        host.pss_kib = memory.pss_kib;
        host.rss_kib = memory.rss_kib;
    }
    read_traffic(lab, now);
    return now;
}

outcome<model::window_figures> measure(const model::lab_record& lab, duration window) {
    const auto start = read_usage(lab, window_side::start);
    const auto until = start.at + window;
    while (monotonic_now() < until) {
        if (was_interrupted()) return interrupted();
        pause_for(std::min<duration>(until - monotonic_now(), 1s));
    }
    return model::figures_between(start, read_usage(lab, window_side::end));
}

boost::json::object describe_machine() {
    std::string model = "unknown";
    std::ifstream info("/proc/cpuinfo");
    for (std::string line; std::getline(info, line);) {
        if (!line.starts_with("model name")) continue;
        model = line.substr(line.find(':') + 2);
        break;
    }
    utsname kernel{};
    ::uname(&kernel);
    return {
        {"cpu", model},
        {"cpus", static_cast<std::int64_t>(::sysconf(_SC_NPROCESSORS_ONLN))},
        {"kernel", kernel.release}};
}

}  // namespace meshhost::lab
