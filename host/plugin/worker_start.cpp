// SPDX-License-Identifier: Apache-2.0
#include "plugin/worker_start.hpp"

#include "base/signal_name.hpp"
#include "plugin/worker_request.hpp"

#include <spdlog/fmt/fmt.h>

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/wait.h>

#include <array>
#include <cerrno>
#include <csignal>
#include <cstring>
#include <new>
#include <system_error>

namespace meshhost::plugin {

namespace {

double in_seconds(duration span) {
    return std::chrono::duration<double>(span).count();
}

}  // namespace

plugin_fault no_worker(const char* what, int error) {
    return {
        "MP207",
        fmt::format(
            "its process cannot be {} now: {}",
            what,
            std::generic_category().message(error)
        )};
}

plugin_fault not_created(duration limit) {
    return {
        "MP201",
        fmt::format(
            "did not finish create within {:g} s: its process is killed",
            in_seconds(limit)
        )};
}

plugin_fault not_started(duration limit) {
    return {
        "MP205",
        fmt::format("start did not complete within {:g} s: killed", in_seconds(limit))};
}

plugin_fault not_swapped(duration limit) {
    return {
        "MP308",
        fmt::format(
            "stalled: new code did not take over within {:g} s: its process is killed",
            in_seconds(limit)
        )};
}

plugin_fault no_message() {
    return {"MP314", "its process sent what is no message: killed"};
}

plugin_fault does_not_read() {
    return {"MP314", "its process does not read what it is told: killed"};
}

plugin_fault how_it_died(int status, const strand_pulse& pulse) {
    const activity doing = pulse.since != 0 ? pulse.doing.load() : activity::none;
    std::string where = doing == activity::none ? "outside of any callback"
                                                : "in " + text_of(doing, pulse.event_kind);
    const std::uintptr_t place = pulse.sample;
    if (place != 0 && pulse.sampled_call == pulse.calls) where += fmt::format(" at +0x{:x}", place);
    if (WIFSIGNALED(status))
        return {"MP310", fmt::format("died with {} {}", signal_name(WTERMSIG(status)), where)};
    return {
        "MP310",
        fmt::format("its process ended with exit status {} {}", WEXITSTATUS(status), where)};
}

std::shared_ptr<strand_pulse> make_shared_pulse(unique_fd& file) {
    // Cut short by the worker, it would end whoever reads it.
    constexpr int seals = F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_SEAL;
    file = unique_fd(::memfd_create("mesh-pulse", MFD_CLOEXEC | MFD_ALLOW_SEALING));
    if (!file || ::ftruncate(file.get(), sizeof(strand_pulse)) != 0
        || ::fcntl(file.get(), F_ADD_SEALS, seals) != 0)
        return nullptr;
    void* const at =
        ::mmap(nullptr, sizeof(strand_pulse), PROT_READ | PROT_WRITE, MAP_SHARED, file.get(), 0);
    if (at == MAP_FAILED) return nullptr;
    return {new (at) strand_pulse, [](strand_pulse* pulse) { ::munmap(pulse, sizeof *pulse); }};
}

checked<worker_ends> start_worker(
    child_process& child,
    const instance_facts& facts,
    const worker_source& source,
    const unique_fd& pulse_file
) {
    worker_ends ours;
    std::array<int, 2> ends{};
    if (::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0, ends.data()) != 0)
        return no_worker("spoken to", errno);
    ours.socket = unique_fd(ends[0]);
    const unique_fd theirs(ends[1]);
    if (::socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, ends.data()) != 0)
        return no_worker("spoken to", errno);
    ours.files = unique_fd(ends[0]);
    const unique_fd their_files(ends[1]);
    const unique_fd asked = file_of(encode(worker_request{
        .instance = facts.instance,
        .role = facts.role->name,
        .settings = source.settings,
        .self = facts.self,
        .granted = facts.grants.granted(),
        .state_directory = facts.state.directory,
        .limits = source.limits,
        .group = source.group,
        .seed = facts.seed,
        .reserved_alpns = facts.reserved_alpns,
        .level = facts.log.enabled(log_level::debug) ? log_level::debug : log_level::info,
        .withheld = facts.withheld}));
    const unique_fd input = moved_above(asked.get(), worker_files_fd);
    const unique_fd socket = moved_above(theirs.get(), worker_files_fd);
    const unique_fd image = moved_above(source.image, worker_files_fd);
    const unique_fd pulse = moved_above(pulse_file.get(), worker_files_fd);
    const unique_fd files = moved_above(their_files.get(), worker_files_fd);
    if (!input || !socket || !image || !pulse || !files)
        return no_worker("told what to run", errno);
    spawn_actions actions;
    actions.give(input.get(), worker_request_fd);
    actions.give(socket.get(), worker_socket_fd);
    actions.give(image.get(), worker_image_fd);
    actions.give(pulse.get(), worker_pulse_fd);
    actions.give(files.get(), worker_files_fd);
    actions.close_from(worker_files_fd + 1);
    const int error =
        child.spawn({source.executable, "--plugin-worker", facts.path, true}, actions);
    if (error != 0) return no_worker("started", error);
    return ours;
}

}  // namespace meshhost::plugin
