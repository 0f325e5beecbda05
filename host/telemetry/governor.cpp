// SPDX-License-Identifier: Apache-2.0
#include "telemetry/governor.hpp"

#include <algorithm>
#include <chrono>
#include <cmath>

namespace meshhost::telemetry {

namespace {

double seconds(duration span) {
    return std::chrono::duration<double>(span).count();
}

}  // namespace

bool governor::look(time_point now, const cpu_spent& so_far) {
    if (now - began_ < window) return false;
    const double wall = seconds(now - began_);
    used_ = seconds(so_far.by_telemetry - so_far_.by_telemetry) / wall;
    const double process = seconds(so_far.by_process - so_far_.by_process) / wall;
    ceiling_ = std::max(share_of_process * process, floor);
    began_ = now;
    so_far_ = so_far;

    const double before = factor_;
    if (used_ > ceiling_) {
        factor_ /= 2;
        if (factor_ < least) factor_ = 0;
    } else if (used_ < ceiling_ / 2) {
        factor_ = std::min(factor_ + step_up, 1.0);
    }
    constexpr double rounding = 1e-9;
    return std::abs(factor_ - before) > rounding;
}

}  // namespace meshhost::telemetry
