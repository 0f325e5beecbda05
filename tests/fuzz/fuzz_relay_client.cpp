// SPDX-License-Identifier: Apache-2.0
// A relay that says anything, in any pieces, to a client's machine. A byte says what happens next:
// so many bytes are heard, something is sent, or time passes.
#include "base/assert.hpp"
#include "relay/proto/relay_client_state.hpp"

#include <algorithm>

using namespace meshhost;
using namespace meshhost::relay::proto;

namespace {

const identity::secret_key& key() {
    static const auto made = identity::secret_key::from_seed(std::array<std::uint8_t, 32>{1});
    return made;
}

struct world {
    void settle() {
        while (auto output = machine.poll_output()) {
            if (const auto* const each = std::get_if<connect_output>(&*output))
                machine.connected(each->attempt, version, now);
            if (const auto* const each = std::get_if<datagrams_output>(&*output))
                MH_ASSERT(!each->data.empty() && each->segment_size > 0, "something came");
        }
        machine.check_invariants();
    }

    time_point now{1h};
    relay_version version = relay_version::v2;
    relay_client_state machine{key(), {}, prng(1)};
};

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    world all;
    if (size > 0 && (data[0] & 0x80) != 0) all.version = relay_version::v1;
    all.machine.start(all.now);
    all.settle();
    bytes_view rest(data, size);
    while (rest.size() >= 2) {
        const auto what = static_cast<std::uint8_t>(rest[0] & 7);
        const std::size_t count = std::min<std::size_t>(rest[1], rest.size() - 2);
        rest = rest.subspan(2);
        if (what < 5) {
            byte_buffer bytes(rest.begin(), rest.begin() + static_cast<std::ptrdiff_t>(count));
            rest = rest.subspan(count);
            all.machine.received(bytes, all.now);
            all.settle();
        } else if (what == 5) {
            all.now += std::chrono::milliseconds(count * 100);
            all.machine.handle_deadline(all.now);
        } else if (what == 6) {
            const byte_buffer out(count * 20, 7);
            all.machine.send(key().id(), 0, out, 100, all.now);
        } else {
            while (!all.machine.outgoing().empty())
                all.machine.taken(all.machine.outgoing().size());
        }
        all.settle();
    }
    return 0;
}
