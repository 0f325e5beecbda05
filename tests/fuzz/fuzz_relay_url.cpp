// SPDX-License-Identifier: Apache-2.0
// Relay URLs: a normal form is its own normal form.
#include "base/assert.hpp"
#include "base/bytes.hpp"
#include "identity/relay_url.hpp"

using namespace meshhost;
using identity::normalise_relay_url;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const auto url = normalise_relay_url(as_text({data, size}));
    if (!url) return 0;
    MH_ASSERT(normalise_relay_url(*url) == url, "normalising twice changes nothing");
    return 0;
}
