// SPDX-License-Identifier: Apache-2.0
// What anybody may send to a host's port as if it were a probe. The first byte says how it is to be
// sealed: 0 leaves it as it is, which nobody without the secret gets past; else the bytes behind
// are a probe of the peer itself, which has it.
#include "base/assert.hpp"
#include "nat/proto/puncher.hpp"
#include "wire/byte_reader.hpp"

using namespace meshhost;
using namespace meshhost::nat::proto;

namespace {

constexpr time_point start{1h};

/// A server in the middle of a round, which asks one address.
puncher& listening(puncher& machine) {
    byte_buffer bytes;
    append_frame(bytes, hello_frame{});
    const candidate of_client{ip_endpoint::v4({198, 51, 100, 7}, 4433), candidate_kind::reflexive};
    append_frame(bytes, reach_out_frame{7, 1, 3, {of_client}});
    machine.start(start);
    machine.receive_control(bytes, start);
    while (machine.poll_action()) {
    }
    return machine;
}

void check_answers(puncher& machine, std::size_t sizes_in) {
    std::size_t sizes_out = 0;
    std::size_t asked = 0;
    while (const auto action = machine.poll_action()) {
        const auto* const probe = std::get_if<send_probe>(&*action);
        if (probe == nullptr) continue;
        sizes_out += probe->bytes.size();
        ++asked;
    }
    // An answer, and a question of its own where the peer is new: never more.
    MH_ASSERT(asked <= 2, "at most two for one");
    MH_ASSERT(sizes_out <= 2 * sizes_in, "none larger than what came");
    machine.check_invariants();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const bytes_view input(data, size);
    puncher machine(punch_role::server, punch_secret{});
    listening(machine);
    // As it is: the secret is of zeros here, so nothing but a tag stands in the way.
    const ip_endpoint from = ip_endpoint::v4({203, 0, 113, 9}, 5000);
    const auto raw = machine.receive_probe({}, from, input, start);
    MH_ASSERT(raw == probe_verdict::forged || looks_like_punch(input), "only probes are taken");
    check_answers(machine, input.size());

    const punch_sealer client(punch_secret{}, punch_role::client);
    wire::byte_reader in(input);
    time_point now = start;
    for (int i = 0; i < 256 && in.remaining() > 0; ++i) {
        const std::uint8_t how = in.u8();
        now += std::chrono::milliseconds(how / 4);
        // What is due by itself is not what the packet causes.
        if (machine.next_deadline() <= now) machine.handle_deadline(now);
        while (machine.poll_action()) {
        }
        punch_probe probe{(how & 1) != 0, in.u8() % 16u, in.u64be(), {}};
        const ip_endpoint source = ip_endpoint::v4({203, 0, 113, in.u8()}, in.u16be());
        const punch_packet packet = client.seal(probe);
        const auto verdict = machine.receive_probe({}, source, packet, now);
        MH_ASSERT(verdict != probe_verdict::forged, "the peer's own are known as such");
        check_answers(machine, packet.size());
    }
    return 0;
}
