// SPDX-License-Identifier: Apache-2.0
#pragma once
// Nothing of a plugin runs in the process that judges it: each trial is a child of its own, with a
// time limit, and says what it finds through a pipe.
#include "base/time.hpp"
#include "check/report.hpp"

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace meshhost::check {

/// What a child is to do: `<this executable> --check-child <trial> <path> <role> <seed>`.
struct trial {
    std::string name;  ///< "life", "fault:timer.start"
    std::string path;
    std::string role;
    std::uint64_t seed = 1;
    duration limit = 10s;
};

struct trial_outcome {
    std::vector<finding> findings;
    std::vector<std::pair<std::string, std::string>> facts;  ///< "called": "timer.start"
    std::string step = "the start of the child";             ///< the last begun
    bool is_done = false;
    bool was_in_time = true;
    std::string ending;  ///< "SIGSEGV", "exit status 1"; of one that is not done

    std::vector<std::string> all(std::string_view fact) const;
};

trial_outcome run(const trial& what);

/// Where a child says what it finds.
inline constexpr int child_report_fd = 3;

void say_step(std::string_view step);
void say_fact(std::string_view name, std::string_view what);
void say_finding(const finding& what);
void say_done();

/// No core, no survivor of its parent, no words on standard output.
void make_expendable();

}  // namespace meshhost::check
