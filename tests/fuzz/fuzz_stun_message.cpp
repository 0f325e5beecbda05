// SPDX-License-Identifier: Apache-2.0
// What anybody may send to a socket that asks STUN servers.
#include "base/assert.hpp"
#include "nat/proto/stun_message.hpp"

#include <algorithm>

using namespace meshhost;
using namespace meshhost::nat::proto;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const bytes_view datagram(data, size);
    const auto answer = read_stun_answer(datagram);
    const auto asked = read_stun_request(datagram);
    MH_ASSERT(!(answer && asked), "either a request or an answer");
    if (answer || asked) MH_ASSERT(looks_like_stun(datagram), "what is read looks like it");
    if (answer) {
        const bool is_error = answer->error != 0;
        MH_ASSERT(is_error != answer->mapped.has_value(), "an address or an error");
        MH_ASSERT(!is_error || (answer->error >= 300 && answer->error < 700), "of the RFC's");
    }
    if (size >= 13) {
        stun_request request{{}, (data[0] & 1) != 0, (data[0] & 2) != 0};
        std::copy(data + 1, data + 13, request.id.begin());
        const auto read = read_stun_request(encode_stun_request(request));
        MH_ASSERT(read && *read == request.id, "our own are read");
    }
    return 0;
}
