// SPDX-License-Identifier: Apache-2.0
#pragma once
// Where in its plugin a stalled strand is: a signal makes the thread look at its own stack, and
// write the innermost address that is the plugin's into its pulse.
#include "plugin/strand_pulse.hpp"

#include <sys/types.h>

namespace meshhost::plugin {

/// The innermost of the instance's functions on the caller's own stack, as an offset in its file;
/// 0: none. In signal handlers, too, once the process has looked at a stack before.
std::uintptr_t offset_on_stack(const strand_pulse& pulse) noexcept;

/// This thread's samples go into `pulse`, which outlives the thread. Installs the handler of the
/// process the first time.
void let_sample(strand_pulse& pulse);

/// Asks for a sample of the call under way; pulse.sampled_call says when it is there. `process` has
/// the strand. Nothing happens when that is gone.
void ask_for_sample(const strand_pulse& pulse, pid_t process) noexcept;

}  // namespace meshhost::plugin
