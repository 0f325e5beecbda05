// SPDX-License-Identifier: Apache-2.0
// Each call is one of the body's.
#include "gossip/proto/gossip_state.hpp"

#include "gossip/proto/gossip_body.hpp"

namespace meshhost::gossip::proto {

using identity::endpoint_id;
using identity::topic_id;

gossip_state::gossip_state(
    const endpoint_id& self,
    const config& options,
    id_cache& ids,
    prng random,
    time_point now
)
    : body_(std::make_unique<body>(self, options, ids, random, now)) {}

gossip_state::gossip_state(gossip_state&&) noexcept = default;
gossip_state& gossip_state::operator=(gossip_state&&) noexcept = default;
gossip_state::~gossip_state() = default;

error_code gossip_state::join(
    const topic_id& topic,
    std::span<const endpoint_id> bootstrap,
    time_point now
) {
    return body_->join(topic, bootstrap, now);
}

void gossip_state::leave(const topic_id& topic, time_point now) {
    body_->leave(topic, now);
}

error_code gossip_state::broadcast(
    const topic_id& topic,
    bytes_view content,
    const broadcast_options& how,
    time_point now
) {
    return body_->broadcast(topic, content, how, now);
}

error_code gossip_state::set_peer_data(bytes_view data) {
    return body_->set_peer_data(data);
}

void gossip_state::suggest_peers(
    const topic_id& topic,
    std::span<const endpoint_id> peers,
    time_point now
) {
    body_->suggest_peers(topic, peers, now);
}

void gossip_state::link_up(const endpoint_id& peer, link_instance link, time_point now) {
    body_->link_up(peer, link, now);
}

void gossip_state::link_down(
    const endpoint_id& peer,
    link_instance link,
    link_end how,
    time_point now
) {
    body_->link_down(peer, link, how, now);
}

void gossip_state::dial_failed(const endpoint_id& peer, time_point now) {
    body_->dial_failed(peer, now);
}

void gossip_state::received(
    const endpoint_id& peer,
    link_instance link,
    const topic_id& topic,
    bytes_view frame_body,
    time_point now
) {
    body_->received(peer, link, topic, frame_body, now);
}

void gossip_state::set_rtt(const endpoint_id& peer, duration rtt) {
    body_->set_rtt(peer, rtt);
}

std::optional<gossip_output> gossip_state::poll_output() {
    return body_->poll_output();
}

std::optional<time_point> gossip_state::next_deadline() const {
    return body_->next_deadline();
}

void gossip_state::handle_deadline(time_point now) {
    body_->handle_deadline(now);
}

void gossip_state::check_invariants() const {
    body_->check_invariants();
}

const endpoint_id& gossip_state::self() const noexcept {
    return body_->self();
}

bool gossip_state::has_joined(const topic_id& topic) const noexcept {
    return std::as_const(*body_).find(topic) != nullptr;
}

std::size_t gossip_state::degree(const topic_id& topic) const noexcept {
    const topic_state* const state = std::as_const(*body_).find(topic);
    return state == nullptr ? 0 : state->views().active().size();
}

std::optional<topic_probe> gossip_state::probe(const topic_id& topic) const {
    const topic_state* const state = std::as_const(*body_).find(topic);
    if (state == nullptr) return std::nullopt;
    return state->probe();
}

state_probe gossip_state::probe() const {
    return body_->probe();
}

}  // namespace meshhost::gossip::proto
