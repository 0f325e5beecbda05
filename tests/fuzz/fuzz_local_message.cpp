// SPDX-License-Identifier: Apache-2.0
// What anybody on the network may send to the mDNS group. The first byte: whether it came from
// this machine. What was read is within its limits, and each endpoint can be said and read again.
#include "base/assert.hpp"
#include "discovery/proto/local_record.hpp"

#include <algorithm>

using namespace meshhost;
using namespace meshhost::discovery::proto;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    if (size == 0) return 0;
    const bool is_own = (data[0] & 1) != 0;
    const auto heard = read_local_message({data + 1, size - 1}, is_own);
    if (!heard) return 0;
    MH_ASSERT(heard->endpoints.size() <= local_endpoints_max, "bounded");
    for (const auto& endpoint : heard->endpoints) {
        MH_ASSERT(!endpoint.direct.empty(), "whoever is found can be dialled");
        MH_ASSERT(endpoint.direct.size() <= local_addresses_max, "bounded");
        const auto said = encode_local_response(endpoint);
        MH_ASSERT(said.has_value() && said->size() <= local_message_max, "it can be said");
        const auto again = read_local_message(*said, true);
        MH_ASSERT(again && again->endpoints.size() == 1, "and read");
        MH_ASSERT(again->endpoints[0].id == endpoint.id, "as it was");
        for (const ip_endpoint& address : again->endpoints[0].direct) {
            const auto& known = endpoint.direct;
            const bool was = std::find(known.begin(), known.end(), address) != known.end();
            MH_ASSERT(was, "with no other address");
        }
    }
    return 0;
}
