// SPDX-License-Identifier: Apache-2.0
// What a peer may put on its mesh/digest/1 stream: the first byte says how the rest is cut, the
// rest goes through the frames and through the whole machine.
#include "base/assert.hpp"
#include "peers/proto/config.hpp"
#include "peers/proto/digest_message.hpp"
#include "peers/proto/peers_state.hpp"

#include <algorithm>
#include <array>
#include <vector>

using namespace meshhost;
using namespace meshhost::peers::proto;

namespace {

constexpr time_point start{1h};

identity::secret_key key_of(std::uint8_t seed) {
    std::array<std::uint8_t, identity::secret_key::seed_size> bytes{};
    bytes.fill(seed);
    return identity::secret_key::from_seed(bytes);
}

template <class Take>
void cut(bytes_view stream, std::size_t chunk, Take take) {
    while (!stream.empty()) {
        const bytes_view part = stream.first(std::min(chunk, stream.size()));
        stream = stream.subspan(part.size());
        take(part);
    }
}

/// Every frame, written again.
byte_buffer reframed(bytes_view stream, std::size_t chunk) {
    frame_assembler assembler;
    byte_buffer written;
    cut(stream, chunk, [&](bytes_view part) {
        assembler.feed(part);
        while (const auto next = assembler.poll()) {
            (void)read_message(*next);
            append_frame(written, next->type, next->payload);
        }
    });
    return written;
}

void drain(peers_state& state) {
    while (const auto output = state.poll_output()) {
        const auto* const send = std::get_if<send_output>(&*output);
        MH_ASSERT(send == nullptr || send->frame.size() <= 3 + frame_payload_max, "bounded");
    }
    state.check_invariants();
}

void run_machine(bytes_view stream, std::size_t chunk) {
    static const identity::secret_key self = key_of(1);
    static const identity::endpoint_id peer = key_of(2).id();
    peers_state state(self, 1, {}, prng(1), start);
    self_description what;
    what.mesh = "m";
    (void)state.describe(what, start);
    const auto link = state.link_accepted(peer, start);
    state.link_ready(*link, std::nullopt, start);
    time_point now = start;
    cut(stream, chunk, [&](bytes_view part) {
        now += 1ms;
        state.link_received(*link, part, now);
        drain(state);
    });
    MH_ASSERT(state.registry().size() <= 1, "one peer speaks for itself alone");
    state.link_down(*link, {}, now);
    drain(state);
    MH_ASSERT(state.links().size() == 0, "nothing is left of the link");
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    if (size == 0) return 0;
    const bytes_view stream(data + 1, size - 1);
    const std::size_t chunk = data[0] == 0 ? stream.size() + 1 : data[0];
    const byte_buffer whole = reframed(stream, stream.size() + 1);
    MH_ASSERT(whole.size() <= stream.size(), "nothing is made up");
    MH_ASSERT(std::equal(whole.begin(), whole.end(), stream.begin()), "frames are what came");
    MH_ASSERT(reframed(stream, chunk) == whole, "cuts do not matter");
    run_machine(stream, chunk);
    return 0;
}
