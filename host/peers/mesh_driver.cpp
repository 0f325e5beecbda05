// SPDX-License-Identifier: Apache-2.0
#include "peers/mesh_driver.hpp"

#include <algorithm>
#include <utility>

namespace meshhost::peers {

namespace {

/// Of one comparison, its dial included. A guess: a thousand records over a slow relay.
constexpr duration sync_patience = 30s;
/// Comparisons at one time, ours and others'; a guess.
constexpr std::size_t syncs_max = 64;

}  // namespace

mesh_driver::mesh_driver(
    net::shard& shard,
    transport::endpoint& endpoint,
    gossip::gossip_service& gossip,
    proto::peers_state& state,
    mesh_driver_sink& sink
)
    : shard_(shard)
    , endpoint_(endpoint)
    , gossip_(gossip)
    , state_(state)
    , sink_(sink) {}

mesh_driver::~mesh_driver() {
    stop();
    for (const auto& [key, link] : syncs_)
        link->detach();
}

void mesh_driver::start(
    const identity::topic_id& topic,
    const std::vector<identity::endpoint_addr>& bootstrap
) {
    route_.emplace(endpoint_.router(), std::string(sync_alpn), [this](auto incoming) {
        accept(std::move(incoming));
    });
    gossip_.set_address_source(this);
    digest_topic_sink& sink = *this;
    topic_.emplace(gossip_, topic, bootstrap, sink);
    state_.mesh_joined(shard_.now());
}

void mesh_driver::meet(const identity::endpoint_id& peer) {
    if (topic_) gossip_.add_contacts(topic_->id(), {peer});
}

void mesh_driver::stop() {
    if (!topic_) return;
    topic_.reset();
    gossip_.set_address_source(nullptr);
    route_.reset();
    for (const auto& [key, link] : syncs_)
        link->close();
}

std::optional<identity::topic_id> mesh_driver::topic() const {
    if (!topic_) return std::nullopt;
    return topic_->id();
}

// --- what the machine wants ---

void mesh_driver::perform(const proto::broadcast_output& what) {
    if (topic_) topic_->broadcast(what.content, what.is_urgent);
}

void mesh_driver::perform(const proto::sync_output& with) {
    if (!topic_ || syncs_.size() >= syncs_max) return;
    const auto link = make_link(with.peer);
    link->attach(endpoint_.connect(gossip_.address_of(with.peer), sync_alpn, link));
}

void mesh_driver::perform(const proto::check_output& of) {
    gossip_.probe_peer(of.peer);
}

// --- what the network says ---

std::shared_ptr<sync_link> mesh_driver::make_link(const identity::endpoint_id& peer) {
    sync_link_sink& sink = *this;
    auto made =
        std::make_shared<sync_link>(shard_, sink, state_.make_exchange(peer), sync_patience);
    syncs_.emplace(made.get(), made);
    return made;
}

void mesh_driver::accept(std::shared_ptr<transport::connection> incoming) {
    if (!may_compare(incoming->remote_id())) return incoming->close(0, "not now");
    const auto link = make_link(incoming->remote_id());
    link->attach(incoming);
    incoming->set_handler(link);
}

/// A neighbour may ask, for one comparison at a time.
bool mesh_driver::may_compare(const identity::endpoint_id& peer) const {
    const auto& neighbors = state_.mesh().neighbors();
    const bool is_neighbor = std::find(neighbors.begin(), neighbors.end(), peer) != neighbors.end();
    const bool is_asking = std::any_of(syncs_.begin(), syncs_.end(), [&peer](const auto& sync) {
        const auto& connection = sync.second->connection();
        return !connection.is_dialled() && connection.remote_id() == peer;
    });
    return is_neighbor && !is_asking && syncs_.size() < syncs_max;
}

void mesh_driver::on_sync_connected(sync_link& link) {
    link.open(syncs_.at(&link));
}

void mesh_driver::on_sync_stream(sync_link& link, std::shared_ptr<transport::stream> opened) {
    link.accept(std::move(opened), syncs_.at(&link));
}

void mesh_driver::on_sync_data(sync_link& link, bytes_view data) {
    state_.mesh_sync_received(link.exchange(), data, shard_.now());
    sink_.on_mesh_turn();
}

void mesh_driver::on_sync_ended(sync_link& link) {
    const auto keep = syncs_.extract(&link);
    state_.mesh_sync_ended(link.exchange().news() > 0, shard_.now());
    sink_.on_mesh_turn();
}

void mesh_driver::on_topic_message(bytes_view content) {
    state_.mesh_received(content, shard_.now());
    sink_.on_mesh_turn();
}

/// Who came and went meanwhile, the gossip knows; what was said, the neighbours.
void mesh_driver::on_topic_lagged() {
    if (!topic_) return;
    const auto topic = gossip_.measure(topic_->id());
    if (!topic) return;
    state_.mesh_lagged(topic->active, shard_.now());
    sink_.on_mesh_lagged();
    sink_.on_mesh_turn();
}

void mesh_driver::on_topic_neighbor_up(const identity::endpoint_id& peer) {
    state_.mesh_neighbor_up(peer, shard_.now());
    sink_.on_mesh_neighbor_up(peer);
    sink_.on_mesh_turn();
}

void mesh_driver::on_topic_neighbor_down(
    const identity::endpoint_id& peer,
    gossip::proto::down_reason why
) {
    using gossip::proto::down_reason;
    const bool is_refused = why == down_reason::refused;
    const bool is_lost = is_refused || why == down_reason::closed;
    const auto kind = is_refused ? proto::loss_kind::refused : proto::loss_kind::silence;
    state_.mesh_neighbor_down(peer, is_lost, shard_.now(), kind);
    if (state_.mesh().neighbors().empty()) suggest_members();
    sink_.on_mesh_neighbor_down(peer, is_lost);
    sink_.on_mesh_turn();
}

/// Nobody is left to ask: whoever the registry knows may still be there. From our own id on, so
/// that not every host asks the same few.
void mesh_driver::suggest_members() {
    if (!topic_) return;
    std::vector<identity::endpoint_id> members;
    state_.registry().for_each([&members](const proto::peer_entry& entry) {
        const bool is_member = entry.digest && entry.state != proto::peer_state::left
                               && entry.state != proto::peer_state::refused;
        if (is_member) members.push_back(entry.id);
    });
    const auto first = std::upper_bound(members.begin(), members.end(), endpoint_.id());
    std::rotate(members.begin(), first, members.end());
    gossip_.suggest_peers(topic_->id(), members);
}

/// Signed by the peer itself, and kept as long as the registry knows it.
void mesh_driver::add_addresses(identity::endpoint_addr& to) const {
    const proto::peer_entry* const known = state_.registry().find(to.id);
    if (known == nullptr || !known->digest) return;
    const auto& addresses = known->digest->addresses;
    to.direct.insert(to.direct.end(), addresses.begin(), addresses.end());
}

}  // namespace meshhost::peers
