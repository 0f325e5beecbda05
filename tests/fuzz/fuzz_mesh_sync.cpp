// SPDX-License-Identifier: Apache-2.0
// What somebody in the mesh may broadcast, and what a neighbour may say on its mesh/sync/1 stream.
// The first byte chooses which, and which end of the stream we are.
#include "base/assert.hpp"
#include "peers/proto/peers_state.hpp"
#include "peers/proto/signed_digest.hpp"

#include <array>

using namespace meshhost;
using namespace meshhost::peers::proto;

namespace {

constexpr time_point start{1h};

identity::secret_key key_of(std::uint8_t seed) {
    std::array<std::uint8_t, identity::secret_key::seed_size> bytes{};
    bytes.fill(seed);
    return identity::secret_key::from_seed(bytes);
}

byte_buffer known_record() {
    node_digest digest;
    digest.origin = key_of(3).id();
    digest.incarnation = 1;
    digest.sequence = 1;
    digest.mesh = "m";
    digest.state = node_state::alive;
    return sign_digest(key_of(3), digest).value();
}

void drain(peers_state& state) {
    while (const auto output = state.poll_output()) {
        const auto* const said = std::get_if<broadcast_output>(&*output);
        MH_ASSERT(said == nullptr || said->content.size() <= 1 + announced_size_max, "fits gossip");
    }
    state.check_invariants();
}

void compare(peers_state& state, bool is_opener, bytes_view stream) {
    sync_exchange exchange = state.make_exchange(key_of(2).id());
    if (is_opener) exchange.open();
    state.mesh_sync_received(exchange, stream, start);
    std::size_t frames = 0;
    while (const auto frame = exchange.poll_frame()) {
        MH_ASSERT(frame->size() <= 3 + frame_payload_max, "a frame keeps its limit");
        MH_ASSERT(++frames <= 4096, "an exchange ends");
    }
    drain(state);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    static const identity::secret_key self = key_of(1);
    static const byte_buffer record = make_record_message(known_record());
    if (size == 0) return 0;
    const bytes_view content(data + 1, size - 1);
    peers_state state(self, 1, {}, prng(1), start);
    self_description what;
    what.mesh = "m";
    (void)state.describe(what, start);
    state.mesh_joined(start);
    state.mesh_neighbor_up(key_of(2).id(), start);
    state.mesh_received(record, start);
    if (data[0] % 3 == 0)
        state.mesh_received(content, start);
    else
        compare(state, data[0] % 3 == 1, content);
    drain(state);
    state.handle_deadline(start + 1min);
    drain(state);
    MH_ASSERT(state.registry().size() <= 2, "nobody is made up: a record is signed");
    return 0;
}
