// SPDX-License-Identifier: Apache-2.0
#include "lab/guests.hpp"

#include "lab/host_api.hpp"
#include "lab/interrupt.hpp"
#include "lab/lab_dir.hpp"
#include "lab/model/fields.hpp"
#include "lab/model/host_file.hpp"

#include <fmt/format.h>

#include <sys/wait.h>

#include <algorithm>
#include <csignal>

namespace meshhost::lab {
namespace {

constexpr duration join_wait = 60s;   ///< for one guest
constexpr duration turn_gap = 10ms;   ///< between two looks at all of them
constexpr duration ask_wait = 300ms;  ///< for an answer of a guest that may be starting

}  // namespace

guest_house::guest_house(model::lab_record lab, guest_plan plan)
    : lab_(std::move(lab))
    , plan_(plan)
    , rooms_(plan.at_a_time) {
    lab_.presets.clear();  // guests have no role
}

guest_house::~guest_house() {
    for (const room& one : rooms_) {
        if (one.now == phase::empty) continue;
        static_cast<void>(send_signal(one.child.process, SIGKILL));
        ::waitpid(static_cast<pid_t>(one.child.process.pid), nullptr, 0);
    }
}

/// The next in turn that nobody lives under: two processes cannot share a key.
std::string guest_house::free_name() {
    for (;;) {
        auto name = fmt::format("guest-{}", next_id_++ % plan_.ids);
        const bool is_taken = std::any_of(rooms_.begin(), rooms_.end(), [&](const room& one) {
            return one.now != phase::empty && one.name == name;
        });
        if (!is_taken) return name;
    }
}

outcome<void> guest_house::start(room& in) {
    model::lab_node node;
    node.name = free_name();
    node.tier = "edge";
    std::error_code ec;
    std::filesystem::create_directories(lab_.dir_of(node), ec);
    std::filesystem::permissions(lab_.dir_of(node), std::filesystem::perms::owner_all, ec);
    const auto written = write_file(lab_.config_of(node), model::host_file(lab_, node));
    if (!written) return written.error();
    std::filesystem::remove(lab_.log_of(node), ec);  // one life at a time, or it fills the disk
    auto child = spawn(
        {lab_.program, model::host_arguments(lab_, node), lab_.log_of(node), lab_.dir_of(node)}
    );
    if (!child) return failure{exit_code::failure, "E_LAB_START", child.error().message(), ""};
    in.name = node.name;
    in.child = std::move(*child);
    in.now = phase::joining;
    in.number = started_++;
    in.since = monotonic_now();
    return {};
}

bool guest_house::has_joined(const room& in) const {
    const auto status = get(lab_.dir / (in.name + ".sock"), "/v1/status", ask_wait);
    if (!status) return false;
    const auto alive = model::integer_at(model::object_at(*status, "members"), "alive").value_or(0);
    return alive > static_cast<std::int64_t>(lab_.nodes.size());
}

outcome<void> guest_house::go_on(room& in) {
    if (in.now == phase::empty) return start(in);
    if (in.now == phase::ending) return {};
    if (has_joined(in)) {
        const bool is_killed = in.number % 2 == 1;
        if (is_killed) ++killed_;
        static_cast<void>(send_signal(in.child.process, is_killed ? SIGKILL : SIGTERM));
        in.now = phase::ending;
        return {};
    }
    if (monotonic_now() < in.since + join_wait) return {};
    return failure{
        exit_code::timeout,
        "E_TIMEOUT",
        fmt::format("guest {} did not join within a minute", in.number),
        "the machine may be busy"};
}

void guest_house::reap() {
    for (room& one : rooms_) {
        if (one.now == phase::empty || state_of(one.child.process) != process_state::gone) continue;
        ::waitpid(static_cast<pid_t>(one.child.process.pid), nullptr, 0);
        one.child = {};
        one.now = phase::empty;
        ++finished_;
    }
}

outcome<void> guest_house::run_until(unsigned cycle) {
    while (finished_ < cycle) {
        for (room& one : rooms_) {
            if (one.now == phase::empty && started_ >= cycle) continue;
            if (const auto done = go_on(one); !done) return done.error();
        }
        reap();
        if (was_interrupted()) return interrupted();
        pause_for(turn_gap);
    }
    return {};
}

}  // namespace meshhost::lab
