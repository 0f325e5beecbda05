// SPDX-License-Identifier: Apache-2.0
// Compiles Boost.JSON, once for the whole host: Debian's headers carry their own sources.
#include <boost/json/src.hpp>
