// SPDX-License-Identifier: Apache-2.0
#pragma once
// Whether values that are each fine fit together. No side effects: touches neither disk nor net.
#include "config/config_loader.hpp"

namespace meshhost::config {

/// Errors and warnings about `loaded`, after fill_in_defaults(); empty when there are none.
config_problems check_config(const loaded_config& loaded);

}  // namespace meshhost::config
