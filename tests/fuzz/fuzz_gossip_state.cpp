// SPDX-License-Identifier: Apache-2.0
// What several peers may do to a node: a list of deeds, each of one byte (who: the low three bits;
// what: the rest) and, for a frame, its length and its bytes.
#include "base/assert.hpp"
#include "gossip/proto/gossip_state.hpp"
#include "gossip/proto/message.hpp"
#include "gossip/proto/topic_stream.hpp"
#include "identity/secret_key.hpp"
#include "wire/byte_reader.hpp"

#include <array>
#include <vector>

using namespace meshhost;
using namespace meshhost::gossip::proto;

namespace {

constexpr std::size_t peer_count = 8;
const identity::topic_id topic{};

const std::vector<identity::endpoint_id>& peers() {
    static const std::vector<identity::endpoint_id> all = [] {
        std::vector<identity::endpoint_id> made;
        for (std::uint8_t number = 0; number <= peer_count; ++number) {
            std::array<std::uint8_t, identity::secret_key::seed_size> seed{};
            seed.fill(number);
            made.push_back(identity::secret_key::from_seed(seed).id());
        }
        return made;
    }();
    return all;
}

/// Small enough for an input to reach the edges.
config small() {
    config out;
    out.limit.links = 6;
    out.limit.queued_frames = 2;
    out.limit.seen_ids = 4;
    out.limit.payloads = 2;
    out.limit.missing = 8;
    out.limit.missing_of_peer = 4;
    out.limit.announced = 4;
    out.limit.lost = 2;
    out.membership.passive_max = 4;
    return out;
}

class node {
public:
    node()
        : state_(peers().back(), small(), ids_, prng(1), now_) {
        (void)state_.join(topic, std::vector{peers().front()}, now_);
        drain();
    }

    /// False: the input is over.
    bool act(wire::byte_reader& in) {
        const std::uint8_t deed = in.u8();
        const auto& peer = peers()[deed % peer_count];
        switch (deed / peer_count % 8) {
        case 0:
            state_.link_up(peer, link_instance(++instances_), now_);
            last_[deed % peer_count] = link_instance(instances_);
            break;
        case 1:
            state_.link_down(peer, last_[deed % peer_count], link_end::lost, now_);
            break;
        case 2:
            state_.dial_failed(peer, now_);
            break;
        case 3:
            advance(std::chrono::milliseconds(in.u8() * 100));
            break;
        case 4:
            (void)state_.broadcast(topic, in.take(in.u8()), {}, now_);
            break;
        default:
            state_.received(peer, last_[deed % peer_count], topic, in.take(in.u16be()), now_);
        }
        drain();
        return in.remaining() > 0;
    }

private:
    void advance(duration span) {
        const time_point until = now_ + span;
        while (const auto next = state_.next_deadline()) {
            if (*next > until) break;
            now_ = std::max(now_, *next);
            state_.handle_deadline(now_);
            drain();
        }
        now_ = until;
    }

    void drain() {
        while (const auto output = state_.poll_output()) {
            const auto* const send = std::get_if<send_output>(&*output);
            if (send == nullptr) continue;
            const bytes_view body = send->frame.view().subspan(frame_length_size);
            MH_ASSERT(body.size() <= frame_sent_max, "iroh-gossip reads what we send");
            MH_ASSERT(decode_message(body, ids_), "and so do we");
        }
        state_.check_invariants();
    }

    id_cache ids_{64};
    time_point now_{1h};
    gossip_state state_;
    std::array<link_instance, peer_count> last_{};
    std::uint64_t instances_ = 0;
};

void check_stream(bytes_view input) {
    topic_stream_reader whole;
    topic_stream_reader cut;
    std::size_t frames = 0;
    whole.feed(input);
    while (const auto frame = whole.poll())
        frames += 1 + frame->size();
    std::size_t cut_frames = 0;
    for (const std::uint8_t& byte : input) {
        cut.feed(bytes_view(&byte, 1));
        while (const auto frame = cut.poll())
            cut_frames += 1 + frame->size();
        MH_ASSERT(cut.held() <= frame_length_size + frame_size_max, "holds one frame at most");
    }
    MH_ASSERT(frames == cut_frames && whole.error() == cut.error(), "cuts do not matter");
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const bytes_view input(data, size);
    check_stream(input);
    node one;
    wire::byte_reader in(input);
    while (in.remaining() > 0 && one.act(in)) {
    }
    return 0;
}
