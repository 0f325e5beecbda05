// SPDX-License-Identifier: Apache-2.0
// The host's side of the probe.
#include "plugin/plugin_probe.hpp"

#include "base/signal_name.hpp"
#include "base/unique_fd.hpp"
#include "plugin/child_process.hpp"
#include "plugin/probe_report.hpp"
#include "plugin/spawn_actions.hpp"
#include "plugin/strand_clock.hpp"
#include "plugin/worker_limits.hpp"

#include <spdlog/fmt/fmt.h>

#include <sys/wait.h>

#include <array>
#include <cerrno>
#include <csignal>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <poll.h>
#include <spawn.h>
#include <system_error>
#include <utility>

namespace meshhost::plugin {

namespace {

plugin_fault no_probe(const char* what, int error) {
    return {
        "MP202",
        fmt::format(
            "the probe process cannot be {}: {}: not loaded",
            what,
            std::generic_category().message(error)
        )};
}

/// Where a probed role keeps its state, until the probe is over.
class scratch_directory {
public:
    scratch_directory() {
        std::error_code error;
        std::string name =
            (std::filesystem::temp_directory_path(error) / "meshhost-probe-XXXXXX").string();
        if (!error && ::mkdtemp(name.data()) != nullptr) path_ = name;
    }
    scratch_directory(const scratch_directory&) = delete;
    scratch_directory& operator=(const scratch_directory&) = delete;
    ~scratch_directory() {
        std::error_code ignored;
        if (!path_.empty()) std::filesystem::remove_all(path_, ignored);
    }

    /// For a probe that will not be root any more.
    void give_away() const {
        if (::geteuid() == 0) (void)!::lchown(path_.c_str(), worker_user, worker_user);
    }

    /// Empty when there is none.
    const std::filesystem::path& path() const noexcept { return path_; }

private:
    std::filesystem::path path_;
};

/// A role that will be shut in sees nothing of the host's environment here either.
checked<> spawn(
    child_process& child,
    const inspected_plugin& plugin,
    const probe_request& request,
    const unique_fd& report
) {
    const unique_fd asked = file_of(encode(request));
    if (!asked) return no_probe("asked", errno);
    const unique_fd input = moved_above(asked.get(), probe_image_fd);
    const unique_fd output = moved_above(report.get(), probe_image_fd);
    const unique_fd image = moved_above(plugin.image.fd(), probe_image_fd);
    if (!input || !output || !image) return no_probe("asked", errno);
    spawn_actions actions;
    actions.give(input.get(), probe_request_fd);
    actions.give(output.get(), probe_report_fd);
    actions.give(image.get(), probe_image_fd);
    actions.close_from(probe_image_fd + 1);
    const bool is_frugal = own_settings(request).is_isolated;
    const int error = child.spawn(
        {request.settings.probe_executable, "--probe-plugin", plugin.path, is_frugal},
        actions
    );
    if (error != 0) return no_probe("started", error);
    return {};
}

/// All that the probe says until it ends; false when `deadline` passes or nobody wants to know.
bool read_until(const unique_fd& pipe, time_point deadline, int cancelled, std::string& into) {
    while (true) {
        const auto left = std::chrono::ceil<std::chrono::milliseconds>(deadline - strand_now());
        if (left.count() <= 0) return false;
        std::array<pollfd, 2> waited{{{pipe.get(), POLLIN, 0}, {cancelled, POLLIN, 0}}};
        const int ready = ::poll(waited.data(), waited.size(), static_cast<int>(left.count()));
        if (ready < 0 && errno == EINTR) continue;
        if (ready <= 0 || waited[1].revents != 0) return false;
        std::array<char, 512> buffer;
        const auto size = ::read(pipe.get(), buffer.data(), buffer.size());
        if (size <= 0) return true;
        if (into.size() < probe_report_size_max) into.append(buffer.data(), std::size_t(size));
    }
}

std::string how_it_ended(int status) {
    if (WIFSIGNALED(status)) return signal_name(WTERMSIG(status));
    return fmt::format("exit status {}", WEXITSTATUS(status));
}

checked<probed_role> judge(const std::string& said, bool in_time, int status, duration limit) {
    const probe_report report = read_probe_report(said);
    if (report.is_done && report.found) return *report.found;
    if (report.fault) return *report.fault;
    if (!in_time) {
        return plugin_fault{
            "MP201",
            fmt::format(
                "did not finish {} within {} ms in the probe process: not loaded",
                report.step,
                std::chrono::duration_cast<std::chrono::milliseconds>(limit).count()
            )};
    }
    return plugin_fault{
        "MP202",
        fmt::format(
            "crashed in {} with {}{} in the probe process: not loaded, the host is unharmed",
            report.step,
            how_it_ended(status),
            report.place.empty() ? "" : " at +0x" + report.place
        )};
}

}  // namespace

checked<probed_role> probe(
    const inspected_plugin& plugin,
    const probe_request& asked,
    int cancelled
) {
    const scratch_directory scratch;  // never what a running instance has
    probe_request request = asked;
    request.settings.state_directory = scratch.path();
    if (own_settings(request).is_isolated) scratch.give_away();
    std::array<int, 2> ends{};
    if (::pipe2(ends.data(), O_CLOEXEC) != 0) return no_probe("asked", errno);
    const unique_fd reading(ends[0]);
    unique_fd writing(ends[1]);
    const duration limit = request.settings.probe_limit;
    const time_point deadline = strand_now() + limit;
    child_process child;
    if (auto spawned = spawn(child, plugin, request, writing); !spawned) return spawned.error();
    writing = unique_fd();  // or the pipe would never end
    std::string said;
    const bool in_time = read_until(reading, deadline, cancelled, said);
    // Its pipe is closed, or its time is over: it is ending, or has to.
    child.kill();
    return judge(said, in_time, child.reap(death_limit).value_or(0), limit);
}

}  // namespace meshhost::plugin
