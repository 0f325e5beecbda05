// SPDX-License-Identifier: Apache-2.0
#pragma once
// Every plugin is first loaded, created and destroyed in a process of its own: a crash or a hang
// there is a line in the log, and the host is unharmed.
#include "plugin/plugin_library.hpp"
#include "plugin/probe_report.hpp"
#include "plugin/probe_request.hpp"

namespace meshhost::plugin {

/// The host's side: runs the probe executable of `request.settings` on the image and waits, for at
/// most their probe_limit, or until `cancelled` (a descriptor; -1: none) can be read. Errors: MP201
/// to MP203, and all that loading and planning can refuse.
checked<probed_role> probe(
    const inspected_plugin& plugin,
    const probe_request& request,
    int cancelled = -1
);

/// The probe's side: what `<executable> --probe-plugin <path>` does, called first thing in main().
/// Its other inputs are the descriptors of probe_report.hpp. Returns the exit code.
int plugin_probe_main(const char* path);

}  // namespace meshhost::plugin
