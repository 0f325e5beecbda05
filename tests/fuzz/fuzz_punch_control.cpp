// SPDX-License-Identifier: Apache-2.0
// What a peer may say on the control stream of hole punching. The first byte says which end hears
// it and how the rest is cut. What is read as a frame is written and read again; a machine that
// hears all of it stays within its bounds, and is direct or relayed in the end.
#include "base/assert.hpp"
#include "nat/proto/puncher.hpp"

#include <algorithm>

using namespace meshhost;
using namespace meshhost::nat::proto;

namespace {

bool is_same(const control_frame& one, const control_frame& other) {
    byte_buffer a;
    byte_buffer b;
    append_frame(a, one);
    append_frame(b, other);
    return a == b;
}

void check_frames(bytes_view input) {
    control_reader reader;
    reader.feed(input);
    while (const auto frame = reader.poll()) {
        byte_buffer written;
        append_frame(written, *frame);
        control_reader again;
        again.feed(written);
        const auto read = again.poll();
        MH_ASSERT(read && !again.error(), "what is written is read");
        MH_ASSERT(is_same(*frame, *read), "as it was");
        MH_ASSERT(again.held() == 0, "and nothing else");
    }
}

class listener {
public:
    explicit listener(punch_role role)
        : machine_(role, punch_secret{}) {
        candidate_set own;
        own.add({ip_endpoint::v4({198, 51, 100, 7}, 4433), candidate_kind::reflexive});
        machine_.set_candidates(own, now_);
        machine_.start(now_);
        drain();
    }

    void hear(bytes_view part) {
        machine_.receive_control(part, now_);
        drain();
        now_ += 10ms;
        if (machine_.next_deadline() <= now_) machine_.handle_deadline(now_);
        drain();
    }

    /// Its timers alone, for half an hour.
    void wait() {
        const time_point until = now_ + 30min;
        for (int i = 0; i < 1000 && machine_.next_deadline() <= until; ++i) {
            now_ = std::max(now_, machine_.next_deadline());
            machine_.handle_deadline(now_);
            MH_ASSERT(machine_.next_deadline() > now_, "a timer that was handled is over");
            drain();
        }
        MH_ASSERT(machine_.next_deadline() > until, "its timers end, or are rare");
        MH_ASSERT(is_relayed(machine_.current().why), "nobody answered: relayed");
        MH_ASSERT(machine_.current().why != reach_reason::punching, "and why, in the end");
    }

private:
    void drain() {
        std::size_t actions = 0;
        while (const auto action = machine_.poll_action()) {
            MH_ASSERT(!std::holds_alternative<migrate_to>(*action), "no probe has answered");
            const auto* const probe = std::get_if<send_probe>(&*action);
            MH_ASSERT(probe == nullptr || is_probeable(probe->to), "probes go where they may");
            ++actions;
        }
        MH_ASSERT(actions <= actions_max + 16, "actions are bounded");
        machine_.check_invariants();
    }

    time_point now_{1h};
    puncher machine_;
};

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    if (size == 0) return 0;
    bytes_view stream(data + 1, size - 1);
    check_frames(stream);
    const auto role = (data[0] & 1) != 0 ? punch_role::server : punch_role::client;
    const std::size_t chunk = data[0] / 2u + 1;
    listener one(role);
    while (!stream.empty()) {
        one.hear(stream.first(std::min(chunk, stream.size())));
        stream = stream.subspan(std::min(chunk, stream.size()));
    }
    one.wait();
    return 0;
}
