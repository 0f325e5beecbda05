// SPDX-License-Identifier: Apache-2.0
#include "lab/lab_stop.hpp"

#include "lab/keeper.hpp"
#include "lab/lab_dir.hpp"
#include "lab/process.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <csignal>

namespace meshhost::lab {
namespace {

/// The keeper kills hosts after stop_wait; it needs a little longer itself.
constexpr duration keeper_wait = stop_wait + 5s;

std::vector<process_name> living(const model::lab_record& lab) {
    std::vector<process_name> found;
    for (const auto* node : lab.processes())
        if (state_of(node->process) != process_state::gone) found.push_back(node->process);
    return found;
}

std::size_t wait_for_all(const std::vector<process_name>& all, duration patience) {
    const auto deadline = monotonic_now() + patience;
    std::size_t left = 0;
    for (const auto& one : all)
        if (!wait_until_gone(one, deadline - monotonic_now())) ++left;
    return left;
}

}  // namespace

outcome<stop_result> stop_lab(const model::lab_record& given, stop_options options) {
    // The keeper knows of restarts that `given` may not.
    auto lab = load_lab(given.dir);
    if (!lab || lab->keeper.pid == 0) lab = given;
    stop_result done;
    done.ran = static_cast<std::size_t>(std::count_if(
        lab->nodes.begin(),
        lab->nodes.end(),
        [](const auto& node) { return state_of(node.process) != process_state::gone; }
    ));
    if (send_signal(lab->keeper, SIGTERM)) wait_until_gone(lab->keeper, keeper_wait);
    static_cast<void>(send_signal(lab->keeper, SIGKILL));
    const auto orphans = living(*lab);
    for (const auto& one : orphans) {
        static_cast<void>(send_signal(one, SIGTERM));
        static_cast<void>(send_signal(one, SIGCONT));
    }
    done.killed = wait_for_all(orphans, stop_wait);
    for (const auto& one : orphans)
        static_cast<void>(send_signal(one, SIGKILL));
    if (const auto left = wait_for_all(orphans, stop_wait); left > 0)
        return failure{
            exit_code::failure,
            "E_LAB_STUCK",
            fmt::format("{} hosts did not end although they were killed", left),
            "they may wait for a disk; try meshctl lab down again"};
    if (options.keep_dir) return done;
    if (const auto removed = remove_lab_dir(lab->dir); !removed) return removed.error();
    return done;
}

}  // namespace meshhost::lab
