// SPDX-License-Identifier: Apache-2.0
#pragma once
// New code for an instance that runs.
#include "base/unique_fd.hpp"
#include "plugin/instance_context.hpp"
#include "plugin/plugin_settings.hpp"

namespace meshhost::plugin {

struct next_generation {
    instance_facts facts;  ///< `role` is the new code's
    int image = -1;        ///< of its shared object, for a process that has to load it itself
    instance_settings settings;
};

}  // namespace meshhost::plugin
