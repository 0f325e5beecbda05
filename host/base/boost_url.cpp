// SPDX-License-Identifier: Apache-2.0
// Compiles Boost.URL, once for the whole host: Debian's headers carry their own sources.
#include <boost/url/src.hpp>
