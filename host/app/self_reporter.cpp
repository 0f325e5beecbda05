// SPDX-License-Identifier: Apache-2.0
#include "app/self_reporter.hpp"

#include "base/version.hpp"
#include "peers/proto/capabilities.hpp"

#include <algorithm>

namespace meshhost::app {

namespace {

peers::proto::node_tier tier_of(const std::string& name) {
    using peers::proto::node_tier;
    if (name == "hub") return node_tier::hub;
    if (name == "leaf") return node_tier::leaf;
    if (name == "observer") return node_tier::observer;
    return node_tier::edge;
}

std::uint64_t capabilities_of(const config::host_config& settings, bool collects) {
    using namespace peers::proto;
    std::uint64_t bits = 0;
    if (settings.gossip.enabled) bits |= bit_of(capability::gossip);
    if (settings.introspect.allow != "none") bits |= bit_of(capability::introspect);
    if (collects) bits |= bit_of(capability::collect);
    return bits;
}

}  // namespace

bool is_active(const plugin::instance_status& status) {
    return status.state != plugin::proto::instance_state::failed
           && status.state != plugin::proto::instance_state::stopped;
}

void self_reporter::refresh() {
    if (is_draining_) return;
    const auto addr = endpoint_.address();  // the nearest relay first
    peers::proto::self_description self{
        .mesh = settings_.mesh.name,
        .name = settings_.node.name,
        .version = version(),
        .roles = {},
        .addresses = addr.direct,
        .tier = tier_of(settings_.gossip.tier),
        .budget = budget_,
        .capabilities = capabilities_of(settings_, collects_),
        .home_relay = addr.relays.empty() ? std::string() : addr.relays.front()};
    bool is_whole = true;
    for (const auto& each : plugins_.status()) {
        is_whole = is_whole && is_active(each) && each.health == 0 && !each.is_stalled;
        const bool is_named =
            std::find(self.roles.begin(), self.roles.end(), each.role) != self.roles.end();
        if (is_active(each) && !is_named) self.roles.push_back(each.role);
    }
    if (gossip_ != nullptr) gossip_->refresh_address();
    if (const auto ec = peers_.set_self(self))
        log_.error("the digest cannot be made: {}", ec.message());
    using peers::proto::node_state;
    peers_.set_state(
        is_drained_ ? node_state::draining
        : is_whole  ? node_state::alive
                    : node_state::degraded
    );
}

void self_reporter::set_drained(bool is_drained) {
    is_drained_ = is_drained;
    refresh();
}

void self_reporter::set_budget(const peers::proto::node_budget& budget) {
    if (budget == budget_) return;
    budget_ = budget;
    refresh();
}

void self_reporter::say_draining() {
    is_draining_ = true;
    peers_.set_state(peers::proto::node_state::draining);
}

}  // namespace meshhost::app
