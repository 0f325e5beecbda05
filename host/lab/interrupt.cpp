// SPDX-License-Identifier: Apache-2.0
#include "lab/interrupt.hpp"

#include <array>
#include <csignal>
#include <ctime>

namespace meshhost::lab {
namespace {

constexpr std::array<int, 3> watched{SIGINT, SIGTERM, SIGHUP};
volatile std::sig_atomic_t seen = 0;
std::array<struct sigaction, watched.size()> before{};

void remember(int) {
    seen = 1;
}

}  // namespace

interrupt_guard::interrupt_guard() {
    struct sigaction action {};
    action.sa_handler = remember;  // without SA_RESTART, so that waits end
    for (std::size_t i = 0; i < watched.size(); ++i)
        ::sigaction(watched[i], &action, &before[i]);
}

interrupt_guard::~interrupt_guard() {
    for (std::size_t i = 0; i < watched.size(); ++i)
        ::sigaction(watched[i], &before[i], nullptr);
}

bool was_interrupted() {
    return seen != 0;
}

failure interrupted() {
    return {exit_code::interrupted, "E_INTERRUPTED", "interrupted", ""};
}

void pause_for(duration time) {
    if (was_interrupted() || time <= duration::zero()) return;
    const auto seconds = std::chrono::floor<std::chrono::seconds>(time);
    const timespec wait{seconds.count(), (time - seconds).count()};
    ::nanosleep(&wait, nullptr);
}

}  // namespace meshhost::lab
