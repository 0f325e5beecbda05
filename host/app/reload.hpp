// SPDX-License-Identifier: Apache-2.0
#pragma once
// Which of the host's own settings differ between two readings of its configuration. Pure.
#include "config/config_loader.hpp"

#include <string>
#include <vector>

namespace meshhost::app {

struct changed_settings {
    std::vector<std::string> live;     ///< take effect at once
    std::vector<std::string> restart;  ///< need a restart
};

/// Without what stands below [plugin.X.config]: only the roles know those keys.
changed_settings compare_settings(
    const config::loaded_config& before,
    const config::loaded_config& after
);

}  // namespace meshhost::app
