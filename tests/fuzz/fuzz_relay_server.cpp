// SPDX-License-Identifier: Apache-2.0
// Two clients that say anything, in any pieces, to a relay's machine. A byte says what happens
// next: who is heard, with how many bytes, or how much time passes. Its books have to be right
// after each.
#include "base/assert.hpp"
#include "identity/secret_key.hpp"
#include "relay/proto/relay_server_state.hpp"

#include <algorithm>

using namespace meshhost;
using namespace meshhost::relay::proto;

namespace {

identity::endpoint_id id_of(std::uint8_t number) {
    static const std::array<identity::endpoint_id, 2> ids = [] {
        const auto make = [](std::uint8_t seed) {
            const std::array<std::uint8_t, 32> bytes{seed};
            return identity::secret_key::from_seed(bytes).id();
        };
        return std::array{make(1), make(2)};
    }();
    return ids.at(number);
}

struct world {
    void open(std::uint64_t number, bool is_known) {
        client_opening how{.version = relay_version::v2, .asked = {}, .authenticate_by = now + 30s};
        if (is_known) how.proven = id_of(number % 2);
        machine.open(client_number(number), how, now);
        is_open[number] = true;
    }
    void settle() {
        while (const auto output = machine.poll_output()) {
            const auto number = output->client.value;
            if (output->kind == server_output_kind::write && drains) write(number);
            if (output->kind == server_output_kind::close) {
                write(number);
                is_open[number] = false;
                machine.closed(output->client, now);
            }
        }
        machine.check_invariants();
    }
    void write(std::uint64_t number) {
        const client_number who(number);
        while (!machine.outgoing(who).empty())
            machine.taken(who, machine.outgoing(who).size(), now);
    }

    time_point now{1h};
    relay_server_state machine{
        {.client_bytes_per_second = 5'000, .queue_frames_max = 8, .queue_bytes_max = 4'096},
        prng(1)};
    std::array<bool, 3> is_open{};
    bool drains = true;
};

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    world all;
    all.open(0, true);
    all.open(1, true);
    all.open(2, false);
    all.settle();
    bytes_view rest(data, size);
    while (rest.size() >= 2) {
        const auto what = static_cast<std::uint8_t>(rest[0] & 7);
        const auto number = static_cast<std::uint64_t>(rest[0] >> 3) % 3;
        const std::size_t count = std::min<std::size_t>(rest[1], rest.size() - 2);
        rest = rest.subspan(2);
        if (what < 5) {
            byte_buffer bytes(rest.begin(), rest.begin() + static_cast<std::ptrdiff_t>(count));
            rest = rest.subspan(count);
            all.machine.received(client_number(number), bytes, all.now);
        } else if (what == 5) {
            all.now += std::chrono::milliseconds(count * 100);
            all.machine.handle_deadline(all.now);
        } else if (what == 6) {
            all.drains = !all.drains;
            all.machine.blocked(client_number(number), all.now);
        } else if (all.is_open.at(number)) {
            all.is_open[number] = false;
            all.machine.closed(client_number(number), all.now);
        }
        all.settle();
    }
    return 0;
}
