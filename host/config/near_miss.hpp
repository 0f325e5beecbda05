// SPDX-License-Identifier: Apache-2.0
#pragma once
// "Did you mean", under the name that this room's users know it by.
#include "base/near_miss.hpp"

namespace meshhost::config {

using meshhost::edit_distance;
using meshhost::nearest;

}  // namespace meshhost::config
