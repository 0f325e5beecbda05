// SPDX-License-Identifier: Apache-2.0
#pragma once
// The process of one role: what it is made from, and what it is given.
#include "base/unique_fd.hpp"
#include "plugin/child_process.hpp"
#include "plugin/instance_context.hpp"
#include "plugin/plugin_fault.hpp"
#include "plugin/plugin_settings.hpp"
#include "plugin/strand_pulse.hpp"

#include <memory>
#include <string>

namespace meshhost::plugin {

/// What a worker is made from.
struct worker_source {
    std::string executable;  ///< "--plugin-worker <path>" makes it call plugin_worker_main()
    int image = -1;          ///< the sealed copy of the shared object
    instance_settings settings;
    proto::process_limits limits;
    std::string group;  ///< its control group, removed after it; empty: none
};

/// The host's ends.
struct worker_ends {
    unique_fd socket;  ///< for messages; does not block
    unique_fd files;   ///< where new code's image is handed over
};

/// Memory that host and worker share, of a size that neither can change; nullptr when the kernel
/// has none to give.
std::shared_ptr<strand_pulse> make_shared_pulse(unique_fd& file);

/// Starts it as `child`. Errors: MP207.
checked<worker_ends> start_worker(
    child_process& child,
    const instance_facts& facts,
    const worker_source& source,
    const unique_fd& pulse
);

/// MP207: what it lacks may be there later.
plugin_fault no_worker(const char* what, int error);
/// MP201, MP205, MP308: within that time.
plugin_fault not_created(duration limit);
plugin_fault not_started(duration limit);
plugin_fault not_swapped(duration limit);
/// MP314
plugin_fault no_message();
plugin_fault does_not_read();
/// MP310, from what waitpid says.
plugin_fault how_it_died(int status, const strand_pulse& pulse);

}  // namespace meshhost::plugin
