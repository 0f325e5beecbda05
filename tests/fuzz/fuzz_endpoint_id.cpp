// SPDX-License-Identifier: Apache-2.0
// endpoint_id: a text that names an endpoint has the id's other texts beside it.
#include "base/assert.hpp"
#include "identity/endpoint_id.hpp"

using namespace meshhost;
using identity::endpoint_id;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const bytes_view input(data, size);
    for (const auto& id : {endpoint_id::parse(as_text(input)), endpoint_id::from_bytes(input)}) {
        if (!id) continue;
        MH_ASSERT(endpoint_id::from_bytes(id->bytes()) == id, "its bytes are an id");
        MH_ASSERT(endpoint_id::parse(id->to_hex()) == id, "hex names it");
        MH_ASSERT(endpoint_id::parse(id->to_base32()) == id, "base32 names it");
        MH_ASSERT(id->to_hex().starts_with(id->short_text()), "the short text is how hex starts");
    }
    return 0;
}
