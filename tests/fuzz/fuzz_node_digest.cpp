// SPDX-License-Identifier: Apache-2.0
// Digests: the input is taken as an unsigned digest, as its origin could send it, and as a record.
#include "base/assert.hpp"
#include "peers/proto/config.hpp"
#include "peers/proto/errc.hpp"
#include "peers/proto/node_digest.hpp"
#include "peers/proto/signed_digest.hpp"

#include <algorithm>

using namespace meshhost;
using namespace meshhost::peers::proto;

namespace {

void check_body(bytes_view body) {
    const auto digest = decode_digest(body);
    if (!digest) {
        MH_ASSERT(digest.error().category() == peers_category(), "a refusal says why");
        return;
    }
    MH_ASSERT(!check_digest(*digest), "what was read keeps every limit");
    MH_ASSERT(digest_origin(body).value() == digest->origin, "both readers see one origin");
    const auto again = encode_digest(*digest);
    MH_ASSERT(again.has_value(), "what was read can be written");
    MH_ASSERT(again->size() <= body.size(), "there is no shorter encoding to pass on");
    MH_ASSERT(std::equal(again->begin(), again->end(), body.begin()), "there is one encoding");
    MH_ASSERT(decode_digest(*again).value() == *digest, "and it reads as the same");
}

void check_record(bytes_view record) {
    const auto digest = open_digest(record);
    if (!digest) return;
    MH_ASSERT(record.size() <= record_size_max, "bounded");
    check_body(record.first(record.size() - signature_size));
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    check_body({data, size});
    check_record({data, size});
    return 0;
}
