// SPDX-License-Identifier: Apache-2.0
#include "plugin/stack_sampler.hpp"

#include <sys/syscall.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <csignal>
#include <execinfo.h>

namespace meshhost::plugin {

namespace {

/// A real-time signal that neither glibc nor debuggers use.
int sample_signal() noexcept {
    return SIGRTMIN + 5;
}

thread_local strand_pulse* own_pulse = nullptr;

void take_sample(int) {
    const int error = errno;
    strand_pulse* const pulse = own_pulse;
    if (pulse != nullptr) {
        pulse->sample = offset_on_stack(*pulse);
        pulse->sampled_call = pulse->calls.load();
    }
    errno = error;
}

bool install() {
    // The first backtrace() loads libgcc, which a signal handler must not.
    std::array<void*, 2> frames{};
    ::backtrace(frames.data(), static_cast<int>(frames.size()));
    struct sigaction action {};
    action.sa_handler = take_sample;
    action.sa_flags = SA_RESTART;
    ::sigaction(sample_signal(), &action, nullptr);
    return true;
}

}  // namespace

std::uintptr_t offset_on_stack(const strand_pulse& pulse) noexcept {
    std::array<void*, 48> frames{};
    const int depth = ::backtrace(frames.data(), static_cast<int>(frames.size()));
    const std::uintptr_t begin = pulse.code_begin;
    const std::uintptr_t end = pulse.code_end;
    for (int i = 0; i < depth; ++i) {
        const auto at = reinterpret_cast<std::uintptr_t>(frames[static_cast<std::size_t>(i)]);
        if (at >= begin && at < end) return at - begin;
    }
    return 0;
}

void let_sample(strand_pulse& pulse) {
    static const bool is_installed = install();
    (void)is_installed;
    own_pulse = &pulse;
}

void ask_for_sample(const strand_pulse& pulse, pid_t process) noexcept {
    const pid_t thread = pulse.thread;
    if (thread != 0) ::syscall(SYS_tgkill, process, thread, sample_signal());
}

}  // namespace meshhost::plugin
