// SPDX-License-Identifier: Apache-2.0
#include "lab/experiment.hpp"

#include "lab/interrupt.hpp"
#include "lab/process.hpp"

#include <fmt/format.h>

#include <unistd.h>

namespace meshhost::lab {

outcome<void> settle(duration time) {
    const auto until = monotonic_now() + time;
    while (monotonic_now() < until) {
        if (was_interrupted()) return interrupted();
        pause_for(std::min<duration>(until - monotonic_now(), 1s));
    }
    return {};
}

up_request experiment_lab(const experiment_request& asked, std::string_view what) {
    up_request up;
    up.where.name = fmt::format("{}-{}", what, ::getpid());
    up.nodes = asked.nodes;
    up.seed = asked.seed;
    return up;
}

}  // namespace meshhost::lab
