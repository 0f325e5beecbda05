// SPDX-License-Identifier: Apache-2.0
#include "usage/process_meter.hpp"

#include "usage/proto/proc_text.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <ctime>
#include <string>

namespace meshhost::usage {

namespace {

constexpr std::size_t text_bytes_max = 4096;  ///< none of these files is longer
using text_buffer = std::array<char, text_bytes_max>;

unique_fd open_file(const std::filesystem::path& path) {
    return unique_fd(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
}

/// From the start, wherever the last reading ended; empty when it cannot be read.
std::string_view read_again(const unique_fd& file, text_buffer& buffer) {
    if (!file) return {};
    const auto got = ::pread(file.get(), buffer.data(), buffer.size(), 0);
    return {buffer.data(), got < 0 ? 0 : static_cast<std::size_t>(got)};
}

std::string read_once(const std::filesystem::path& path) {
    text_buffer buffer;
    return std::string(read_again(open_file(path), buffer));
}

std::filesystem::path hierarchy_of(const std::filesystem::path& cgroups) {
    // Where version 1 is mounted, too, version 2 is one level down.
    std::error_code ec;
    const auto beside = cgroups / "unified";
    return std::filesystem::exists(beside / "cgroup.procs", ec) ? beside : cgroups;
}

proto::limits limits_in(const std::filesystem::path& group) {
    return {
        proto::parse_cpu_max(read_once(group / "cpu.max")).value_or(0),
        proto::parse_memory(read_once(group / "memory.max")).value_or(0)};
}

}  // namespace

duration cpu_spent() {
    timespec spent{};
    if (::clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &spent) != 0) return {};
    return std::chrono::seconds(spent.tv_sec) + std::chrono::nanoseconds(spent.tv_nsec);
}

proto::limits machine_limits() {
    constexpr std::uint32_t millis = 1000;
    const auto count = [](int name) { return std::max(::sysconf(name), 0L); };
    return {
        static_cast<std::uint32_t>(count(_SC_NPROCESSORS_ONLN)) * millis,
        static_cast<std::uint64_t>(count(_SC_PHYS_PAGES))
            * static_cast<std::uint64_t>(count(_SC_PAGESIZE))};
}

process_meter::process_meter(
    const std::filesystem::path& proc,
    const std::filesystem::path& cgroups
)
    : proc_(proc)
    , root_(hierarchy_of(cgroups))
    , statm_(open_file(proc / "statm"))
    , stat_(open_file(proc / "stat"))
    , page_bytes_(static_cast<std::uint64_t>(::sysconf(_SC_PAGESIZE))) {
    if (const auto path = proto::parse_cgroup_path(read_once(proc / "cgroup")))
        group_ = root_ / std::filesystem::path(*path).relative_path();
}

std::uint64_t process_meter::resident_bytes() const {
    text_buffer buffer;
    return proto::parse_resident_pages(read_again(statm_, buffer)).value_or(0) * page_bytes_;
}

std::uint32_t process_meter::threads() const {
    text_buffer buffer;
    const auto stat = proto::parse_process_stat(read_again(stat_, buffer));
    return stat ? static_cast<std::uint32_t>(stat->threads) : 0;
}

std::uint32_t process_meter::descriptors() const {
    const auto directory = proc_ / "fd";
    struct stat status {};
    // Since Linux 6.2 the directory's size is the number of its entries.
    if (::stat(directory.c_str(), &status) == 0 && status.st_size > 0)
        return static_cast<std::uint32_t>(status.st_size);
    std::error_code ec;
    std::uint32_t count = 0;
    for (std::filesystem::directory_iterator at(directory, ec), end; !ec && at != end;
         at.increment(ec))
        ++count;
    return count == 0 ? 0 : count - 1;  // the directory itself was open
}

proto::limits process_meter::cgroup_limits() const {
    proto::limits out;
    if (group_.empty()) return out;
    for (auto group = group_; group != root_ && group.has_relative_path();
         group = group.parent_path())
        out = proto::tighter(out, limits_in(group));
    // The root of the machine has no limits; that of a container's namespace may have.
    return proto::tighter(out, limits_in(root_));
}

std::optional<proto::cpu_stat> process_meter::cgroup_cpu() const {
    if (group_.empty()) return std::nullopt;
    return proto::parse_cpu_stat(read_once(group_ / "cpu.stat"));
}

}  // namespace meshhost::usage
