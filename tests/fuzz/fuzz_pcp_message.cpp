// SPDX-License-Identifier: Apache-2.0
// What a router, or anybody in its place, answers to a request for a port: one with the nonce and
// the port of the answer, so that it fits.
#include "base/assert.hpp"
#include "nat/proto/pcp_message.hpp"

#include <algorithm>

using namespace meshhost;
using namespace meshhost::nat::proto;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    pcp_request asked{ip_endpoint::v4({192, 168, 1, 11}, 0), {}, std::chrono::seconds(7'200), {}};
    if (size >= 42) {
        std::copy(data + 24, data + 36, asked.nonce.begin());
        asked.client.port = static_cast<std::uint16_t>(data[40] << 8 | data[41]);
    }
    const pcp_answer read = read_pcp_answer({data, size}, asked);
    if (read.verdict == pcp_verdict::granted) {
        MH_ASSERT(is_outer_address(read.outer), "what is granted can be sent to");
        MH_ASSERT(read.lifetime.count() > 0, "for a time");
    }
    return 0;
}
