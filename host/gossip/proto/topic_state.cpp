// SPDX-License-Identifier: Apache-2.0
#include "gossip/proto/topic_state.hpp"

#include "base/assert.hpp"

#include <algorithm>
#include <type_traits>

namespace meshhost::gossip::proto {

using identity::endpoint_id;

namespace {

template <class Message>
constexpr bool is_broadcast_message =
    std::is_same_v<
        Message,
        gossip_message> || std::is_same_v<Message, prune_message> || std::is_same_v<Message, graft_message> || std::is_same_v<Message, ihave_message>;

}  // namespace

topic_state::topic_state(
    const identity::topic_id& id,
    const endpoint_id& self,
    const config& options,
    topic_sink& sink,
    prng& random,
    time_point now
)
    : id_(id)
    , options_(options)
    , sink_(sink)
    , views_(self, options, *this, random, counts_, now)
    , tree_(self, options, *this, counts_) {}

error_code topic_state::broadcast(
    bytes_view content,
    const broadcast_options& how,
    time_point now
) {
    return tree_.broadcast(content, how, now);
}

bool topic_state::is_welcome(const endpoint_id& from, message_kind kind, time_point now) {
    if (!options_.broadcast.members_only || views_.active().contains(from)) return true;
    if (!is_for_neighbors(kind)) return true;
    ++counts_.strangers;
    views_.correct_stranger(from, now);
    return false;
}

void topic_state::received(
    const endpoint_id& from,
    const message& what,
    const extension& after,
    time_point now
) {
    std::visit(
        [&](const auto& m) {
            if constexpr (is_broadcast_message<std::decay_t<decltype(m)>>) {
                tree_.on(from, m, after, now);
            } else {
                views_.on(from, m, after, now);
            }
        },
        what
    );
}

time_point topic_state::next_deadline() const noexcept {
    return std::min(views_.next_deadline(), tree_.next_deadline());
}

void topic_state::handle_deadline(time_point now) {
    if (views_.next_deadline() <= now) views_.handle_deadline(now);
    if (tree_.next_deadline() <= now) tree_.handle_deadline(now);
}

void topic_state::check_invariants() const {
    views_.check_invariants();
    tree_.check_invariants();
    if (!options_.broadcast.members_only) return;
    const auto neighbors = tree_.neighbors();
    MH_ASSERT(neighbors.size() == views_.active().size(), "the tree is among the neighbours");
    for (const auto& neighbor : neighbors)
        MH_ASSERT(views_.active().contains(neighbor.id), "and they alone");
}

topic_probe topic_state::probe() const {
    topic_probe out;
    for (const view_entry& entry : views_.active().entries())
        out.active.push_back(entry.id);
    for (const view_entry& entry : views_.passive().entries())
        out.passive.push_back(entry.id);
    for (const auto& neighbor : tree_.neighbors())
        (neighbor.is_eager ? out.eager : out.lazy).push_back(neighbor.id);
    out.sizes.requests = views_.requests().requests();
    out.sizes.lost = views_.candidates().lost();
    tree_.measure(out.sizes);
    out.counts = counts_;
    return out;
}

// --- what the machines ask ---

void topic_state::send(
    const endpoint_id& to,
    const message& what,
    const extension& after,
    bool is_last
) {
    sink_.send(id_, to, what, after, is_last);
}

void topic_state::neighbor_up(const endpoint_id& peer) {
    tree_.neighbor_up(peer);
    sink_.tell(neighbor_up_output{id_, peer});
}

void topic_state::neighbor_down(const endpoint_id& peer, down_reason why) {
    tree_.neighbor_down(peer);
    sink_.tell(neighbor_down_output{id_, peer, why});
}

void topic_state::heard_of(const peer_info& peer) {
    auto addr = decode_addr_info(peer.data);
    if (!addr || (addr->relay.empty() && addr->direct.empty())) return;
    sink_.tell(peer_addr_output{peer.id, std::move(*addr)});
}

link_phase topic_state::link_of(const endpoint_id& peer) const {
    return sink_.link_of(peer);
}

void topic_state::send_repair(const endpoint_id& to, const message& what, const extension& after) {
    sink_.send(id_, to, what, after, false);
}

void topic_state::send_payload(const endpoint_id& to, const shared_bytes& frame, urgency how) {
    sink_.send_payload(id_, to, frame, how);
}

void topic_state::deliver(message_output what) {
    what.topic = id_;
    sink_.tell(std::move(what));
}

duration topic_state::round_trip(const endpoint_id& peer) const {
    return sink_.round_trip(peer);
}

}  // namespace meshhost::gossip::proto
