// SPDX-License-Identifier: Apache-2.0
#pragma once
// Ctrl-C while a lab is being made or broken: noticed, so that things are put in order first.
#include "base/error.hpp"
#include "base/time.hpp"

namespace meshhost::lab {

/// From here on SIGINT, SIGTERM and SIGHUP are only remembered. One at a time.
class interrupt_guard {
public:
    interrupt_guard();
    interrupt_guard(const interrupt_guard&) = delete;
    interrupt_guard& operator=(const interrupt_guard&) = delete;
    ~interrupt_guard();
};

bool was_interrupted();

/// E_INTERRUPTED (interrupted), for whoever gives up because of it.
failure interrupted();

/// Sleeps, at most until an interrupt.
void pause_for(duration time);

}  // namespace meshhost::lab
