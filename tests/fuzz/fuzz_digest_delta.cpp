// SPDX-License-Identifier: Apache-2.0
// Deltas: the input is applied to a record that we hold. Whatever comes of it is bounded, and is
// believed only with its origin's signature.
#include "base/assert.hpp"
#include "peers/proto/config.hpp"
#include "peers/proto/digest_delta.hpp"
#include "peers/proto/errc.hpp"
#include "peers/proto/signed_digest.hpp"

#include <algorithm>
#include <array>

using namespace meshhost;
using namespace meshhost::peers::proto;

namespace {

byte_buffer held_record() {
    std::array<std::uint8_t, identity::secret_key::seed_size> seed{};
    seed.fill(1);
    const auto key = identity::secret_key::from_seed(seed);
    node_digest digest;
    digest.origin = key.id();
    digest.incarnation = 1000;
    digest.sequence = 7;
    digest.mesh = "m";
    digest.name = "held";
    digest.state = node_state::alive;
    digest.roles = {"compute"};
    digest.contributions = {{"compute", "queued", "{job}", std::int64_t{3}}};
    digest.load = {1, 2};
    digest.neighbors = {{1}, {2}};
    return sign_digest(key, digest).value();
}

bool is_same(bytes_view left, bytes_view right) {
    return std::equal(left.begin(), left.end(), right.begin(), right.end());
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    static const byte_buffer held = held_record();
    const auto delta = read_delta({data, size});
    if (!delta) return 0;
    MH_ASSERT(delta->base < delta->version.sequence, "a base is earlier");
    const auto record = apply_delta(held, *delta);
    if (!record) {
        MH_ASSERT(record.error().category() == peers_category(), "a refusal says why");
        return 0;
    }
    MH_ASSERT(record->size() <= record_size_max, "bounded");
    const bytes_view body(record->data(), record->size() - signature_size);
    MH_ASSERT(digest_number(body).value() == delta->version, "it is the record that it says it is");
    const tag_set changed = tags_that_differ(held, *record);
    const byte_buffer again = make_delta(*record, delta->base, changed);
    const auto read = read_delta(again);
    MH_ASSERT(read.has_value(), "what was made can be read");
    MH_ASSERT(is_same(apply_delta(held, *read).value(), *record), "and makes the same");
    if (const auto digest = open_digest(*record))
        MH_ASSERT(digest->number() == delta->version, "signed as such");
    return 0;
}
