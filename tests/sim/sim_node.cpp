// SPDX-License-Identifier: Apache-2.0
#include "sim/sim_node.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <utility>

namespace meshhost::sim {
namespace {

/// As large as a host's behind one relay, with two addresses; private ones, so that views are not
/// spread by network.
byte_buffer peer_data_of(node_index node) {
    proto::addr_info info;
    info.relay = "https://relay.mesh.example/";
    const auto byte = [node](unsigned shift) { return static_cast<std::uint8_t>(node >> shift); };
    const std::array<std::uint8_t, 4> address{10, byte(16), byte(8), byte(0)};
    info.direct = {ip_endpoint::v4(address, 4433), ip_endpoint::v4(address, 4434)};
    return proto::encode_addr_info(info, proto::peer_data_size_max);
}

/// The broadcast that a frame carries in full; nullopt for other frames. Reads no more of the
/// frame than it must: wire/gossip.md §1.4.
std::optional<message_number> payload_in(bytes_view frame) {
    constexpr std::size_t id_at = proto::frame_length_size + 2;
    constexpr std::size_t length_at = id_at + identity::content_hash::size;
    if (frame.size() <= length_at + 2 || frame[id_at - 2] != 1 || frame[id_at - 1] != 0)
        return std::nullopt;
    const std::size_t length_size = frame[length_at] < 0x80 ? 1 : 2;
    return number_in(frame.subspan(length_at + length_size));
}

}  // namespace

void sim_node::start(std::span<const identity::endpoint_id> contacts, prng random, time_point now) {
    ++life_;
    const auto& id = around_.identities.id(self_);
    machine_.emplace(id, around_.options, around_.ids, random, now);
    machine_->set_peer_data(peer_data_of(self_));
    machine_->join(around_.topic, contacts, now);
    settle(now);
}

void sim_node::leave(time_point now) {
    is_leaving_ = true;
    machine_->leave(around_.topic, now);
    settle(now);
}

void sim_node::stop() {
    ++life_;
    is_leaving_ = false;
    machine_.reset();
    armed_.reset();
}

message_number sim_node::broadcast(
    std::uint32_t series,
    std::uint32_t round,
    std::uint32_t bytes,
    time_point now
) {
    const message_number number = around_.recorder.deliveries().sent(series, round, self_, now);
    const auto refused = machine_->broadcast(around_.topic, content_of(number, bytes), {}, now);
    if (refused) {
        around_.recorder.violation(
            fmt::format("node {} refused to broadcast: {}", self_, refused.message())
        );
    }
    settle(now);
    return number;
}

/// Refused when the same was said before: then everybody has it.
void sim_node::say(bytes_view content, const proto::broadcast_options& how, time_point now) {
    (void)machine_->broadcast(around_.topic, content, how, now);
    settle(now);
}

void sim_node::timer(time_point armed, time_point now) {
    if (armed_ != armed) return;  // armed anew since, for an earlier time
    armed_.reset();
    const auto deadline = machine_->next_deadline();
    if (deadline && *deadline <= now) {
        machine_->handle_deadline(now);
        settle(now);
    } else {
        arm(now);
    }
}

void sim_node::link_up(node_index peer, proto::link_instance link, duration rtt, time_point now) {
    const auto& id = around_.identities.id(peer);
    machine_->link_up(id, link, now);
    machine_->set_rtt(id, rtt);
    settle(now);
}

void sim_node::link_down(
    node_index peer,
    proto::link_instance link,
    proto::link_end how,
    time_point now
) {
    machine_->link_down(around_.identities.id(peer), link, how, now);
    settle(now);
}

void sim_node::dial_failed(node_index peer, time_point now) {
    machine_->dial_failed(around_.identities.id(peer), now);
    settle(now);
}

void sim_node::received(
    node_index from,
    proto::link_instance link,
    const proto::shared_bytes& frame,
    time_point now
) {
    const bytes_view bytes = frame.view();
    const bool is_numbered = around_.user == nullptr;
    if (const auto number = is_numbered ? payload_in(bytes) : std::nullopt)
        around_.recorder.deliveries().payload(*number);
    const bytes_view body = bytes.subspan(proto::frame_length_size);
    machine_->received(around_.identities.id(from), link, around_.topic, body, now);
    settle(now);
}

std::size_t sim_node::table_entries() const {
    const auto topic = machine_->probe(around_.topic);
    const auto state = machine_->probe();
    if (!topic) return state.links + state.queued_frames;
    const auto& sizes = topic->sizes;
    return state.links + state.queued_frames + topic->active.size() + topic->passive.size()
           + sizes.requests + sizes.seen_ids + sizes.payloads + sizes.missing + sizes.announced
           + sizes.lost;
}

std::vector<node_index> sim_node::eager_peers() const {
    std::vector<node_index> peers;
    if (const auto topic = machine_->probe(around_.topic)) {
        for (const auto& id : topic->eager)
            peers.push_back(around_.identities.index_of(id));
    }
    return peers;
}

/// Does everything that the machine wants done.
void sim_node::settle(time_point now) {
    while (auto output = machine_->poll_output())
        std::visit([&](auto& one) { act(one, now); }, *output);
    arm(now);
}

/// Makes sure that a timer event comes no later than the deadline. One that comes too early finds
/// nothing due and arms again: cheaper than an event for every deadline that moves.
void sim_node::arm(time_point now) {
    const auto deadline = machine_->next_deadline();
    if (!deadline || *deadline == no_deadline) return;
    const time_point at = std::max(*deadline, now);
    if (armed_ && *armed_ <= at) return;
    armed_ = at;
    const auto armed = static_cast<std::uint64_t>(at.time_since_epoch().count());
    around_.schedule.schedule(at, {event_kind::timer, 0, false, self_, life_, armed});
}

void sim_node::act(proto::send_output& out, time_point now) {
    around_.recorder.frame_sent(out.kind, out.frame.view());
    const node_index to = around_.identities.index_of(out.to);
    around_.network.send(self_, to, std::move(out.frame), now);
}

void sim_node::act(const proto::want_link_output& out, time_point now) {
    around_.network.dial(self_, around_.identities.index_of(out.peer), now);
}

void sim_node::act(const proto::drop_link_output& out, time_point now) {
    around_.network.close(self_, around_.identities.index_of(out.peer), out.link, now);
}

void sim_node::act(const proto::neighbor_up_output& out, time_point) {
    const node_index peer = around_.identities.index_of(out.peer);
    around_.recorder.neighbor_up(self_, peer);
    if (around_.user != nullptr) around_.user->node_neighbor_up(self_, peer);
}

void sim_node::act(const proto::neighbor_down_output& out, time_point) {
    const node_index peer = around_.identities.index_of(out.peer);
    const bool is_lost = out.reason == proto::down_reason::closed;
    around_.recorder.neighbor_down(self_, peer);
    if (around_.user != nullptr) around_.user->node_neighbor_down(self_, peer, is_lost);
}

void sim_node::act(const proto::message_output& out, time_point now) {
    if (around_.user != nullptr) return around_.user->node_heard(self_, out.content.view());
    const auto number = number_in(out.content.view());
    if (!number) {
        around_.recorder.violation(fmt::format("node {} was given what nobody sent", self_));
        return;
    }
    const std::uint32_t links_crossed = out.hops + 1U;
    if (!around_.recorder.deliveries().delivered(*number, self_, links_crossed, now))
        around_.recorder.violation(fmt::format("node {} was given a message twice", self_));
}

void sim_node::act(const proto::peer_addr_output&, time_point) {}

void sim_node::act(const proto::protocol_violation_output& out, time_point) {
    around_.recorder.violation(
        fmt::format("node {} found fault with a peer: {}", self_, out.error.message())
    );
}

}  // namespace meshhost::sim
