// SPDX-License-Identifier: Apache-2.0
#pragma once
// What nobody can guess, as text.
#include <cstddef>
#include <string>

namespace meshhost::identity {

/// `bytes` random bytes of the system's generator, in hex.
std::string random_text(std::size_t bytes);

}  // namespace meshhost::identity
