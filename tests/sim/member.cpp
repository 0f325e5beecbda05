// SPDX-License-Identifier: Apache-2.0
#include "sim/member.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

namespace meshhost::sim {

namespace registry = peers::proto;

namespace {

constexpr std::uint64_t first_incarnation =
    1'767'225'600'000;  ///< Unix milliseconds, as hosts have

/// As much as a host of the demo says of itself.
registry::self_description description_of(node_index node) {
    registry::self_description self;
    self.mesh = "sim";
    self.name = fmt::format("compute-{:05}", node);
    self.version = "0.1.0";
    self.roles = {"compute"};
    const auto byte = [node](unsigned shift) { return static_cast<std::uint8_t>(node >> shift); };
    self.addresses = {ip_endpoint::v4({10, byte(16), byte(8), byte(0)}, 4433)};
    return self;
}

}  // namespace

void member::start(const registry::config& options, prng random, time_point now) {
    const auto age = std::chrono::duration_cast<std::chrono::milliseconds>(now.time_since_epoch());
    const auto incarnation =
        first_incarnation + static_cast<std::uint64_t>(age.count()) + ++starts_;
    armed_.reset();
    machine_ = std::make_unique<registry::peers_state>(
        identities_.key(self_),
        incarnation,
        options,
        random,
        now,
        verifier_
    );
    (void)machine_->describe(description_of(self_), now);
    machine_->set_state(registry::node_state::alive, now);
    machine_->mesh_joined(now);
    settle(now);
}

void member::leave(time_point now) {
    machine_->stop(now);
    settle(now);
}

void member::change(time_point now) {
    (void)machine_->set_contribution({"compute", "queued", "{job}", ++changes_}, now);
    settle(now);
}

void member::timer(time_point armed, time_point now) {
    if (armed_ != armed) return;  // armed anew since, for an earlier time
    armed_.reset();
    const auto deadline = machine_->next_deadline();
    if (deadline && *deadline <= now) machine_->handle_deadline(now);
    settle(now);
}

void member::heard(bytes_view content, time_point now) {
    machine_->mesh_received(content, now);
    settle(now);
}

void member::neighbor_up(node_index peer, time_point now) {
    machine_->mesh_neighbor_up(identities_.id(peer), now);
    settle(now);
}

void member::neighbor_down(node_index peer, bool is_lost, time_point now) {
    machine_->mesh_neighbor_down(identities_.id(peer), is_lost, now);
    settle(now);
}

registry::sync_exchange member::make_exchange(node_index peer) {
    return machine_->make_exchange(identities_.id(peer));
}

void member::sync_received(registry::sync_exchange& exchange, bytes_view data, time_point now) {
    machine_->mesh_sync_received(exchange, data, now);
    settle(now);
}

void member::sync_ended(bool had_news, time_point now) {
    machine_->mesh_sync_ended(had_news, now);
    settle(now);
}

std::optional<registry::digest_version> member::version_of(node_index other) const {
    const auto* const entry = machine_->registry().find(identities_.id(other));
    if (entry == nullptr || !entry->digest || registry::is_gone(entry->state)) return std::nullopt;
    return entry->digest->number();
}

/// Does everything that the machine wants done.
void member::settle(time_point now) {
    while (const auto output = machine_->poll_output())
        std::visit([&](const auto& one) { act(one); }, *output);
    if (const auto version = machine_->self().number(); told_ != version) {
        told_ = version;
        events_.member_signs(self_, version);
    }
    const auto deadline = machine_->next_deadline();
    if (!deadline || *deadline == no_deadline) return;
    const time_point at = std::max(*deadline, now);
    if (armed_ && *armed_ <= at) return;
    armed_ = at;
    events_.member_deadline(self_, at);
}

void member::act(const registry::broadcast_output& out) {
    events_.member_says(self_, out.content, out.is_urgent);
}

void member::act(const registry::sync_output& out) {
    events_.member_compares(self_, identities_.index_of(out.peer));
}

void member::act(const registry::check_output& out) {
    events_.member_checks(self_, identities_.index_of(out.peer));
}

void member::act(const registry::peer_changed_output& out) {
    const node_index whom = identities_.index_of(out.peer);
    events_.member_knows(self_, whom, version_of(whom));
    if (!out.is_state) return;
    const auto* const entry = machine_->registry().find(out.peer);
    if (entry != nullptr) events_.member_judges(self_, whom, entry->state);
}

void member::act(const registry::peer_forgotten_output& out) {
    events_.member_knows(self_, identities_.index_of(out.peer), std::nullopt);
}

}  // namespace meshhost::sim
