// SPDX-License-Identifier: Apache-2.0
// What a member of the mesh may say on a topic of plugins.
#include "base/assert.hpp"
#include "plugin/proto/gossip_envelope.hpp"

using namespace meshhost;
using namespace meshhost::plugin::proto;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const bytes_view content(data, size);
    const auto read = decode_envelope(content);
    if (!read) return 0;
    MH_ASSERT(read->body.size() + gossip_envelope_size == size, "all of it is read");
    static const auto topic = plugin_topic_id("mesh", as_bytes("secret"), "jobs/new");
    if (!is_genuine(*read, topic)) return 0;
    // Only what the corpus has: nobody else has the key.
    auto forged = *read;
    forged.sequence ^= 1;
    MH_ASSERT(!is_genuine(forged, topic), "the number is signed");
    return 0;
}
