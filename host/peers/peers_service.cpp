// SPDX-License-Identifier: Apache-2.0
#include "peers/peers_service.hpp"

#include "base/assert.hpp"
#include "peers/evidence.hpp"

#include <algorithm>
#include <string>
#include <utility>
#include <variant>

namespace meshhost::peers {

namespace {

/// Neighbours in the gossip notice each other's silence within seconds, and the mesh hears of it.
/// The connections beside it say little and cost as little, a quarter of what a neighbour's does.
constexpr transport::liveness_terms patient{.ping_every = 15s, .answer_within = 10s};

}  // namespace

peers_service::peers_service(
    net::shard& shard,
    transport::endpoint& endpoint,
    peers_options options
)
    : shard_(shard)
    , endpoint_(endpoint)
    , idle_timeout_(options.idle_timeout)
    , log_(std::move(options.log))
    , state_(options.key, options.incarnation, options.limits, prng(options.seed), shard.now())
    , timer_(shard, *this)
    , mesh_secret_(std::move(options.mesh_secret)) {
    mesh_driver_sink& sink = *this;
    if (options.gossip != nullptr) mesh_.emplace(shard, endpoint, *options.gossip, state_, sink);
}

peers_service::~peers_service() {
    for (auto& [id, link] : links_)
        link->detach();
}

// --- calls ---

void peers_service::start() {
    MH_ASSERT(!route_, "started once");
    route_.emplace(endpoint_.router(), std::string(digest_alpn), [this](auto incoming) {
        accept(std::move(incoming));
    });
    if (mesh_) mesh_->start(digest_topic_id(self().mesh, mesh_secret_), bootstrap_);
    turn();
}

void peers_service::async_stop() {
    state_.stop(shard_.now());
    turn();
}

void peers_service::unname_peer(const identity::endpoint_id& peer) {
    state_.unname_peer(peer, shard_.now());
    turn();
}

bool peers_service::name_peer(const identity::endpoint_addr& addr) {
    const bool is_named = state_.name_peer(addr, shard_.now());
    if (is_named && !route_) bootstrap_.push_back(addr);
    turn();
    return is_named;
}

error_code peers_service::set_self(const proto::self_description& what) {
    const error_code error = state_.describe(what, shard_.now());
    turn();
    return error;
}

error_code peers_service::set_contribution(const proto::contribution& item) {
    const error_code error = state_.set_contribution(item, shard_.now());
    turn();
    return error;
}

error_code peers_service::clear_contribution(std::string_view role, std::string_view key) {
    const error_code error = state_.clear_contribution(role, key, shard_.now());
    turn();
    return error;
}

void peers_service::set_state(proto::node_state state) {
    state_.set_state(state, shard_.now());
    turn();
}

void peers_service::set_load(proto::load_class load) {
    state_.set_load(load, shard_.now());
    turn();
}

void peers_service::set_meters(const proto::node_meters& meters) {
    state_.set_meters(meters);
}

void peers_service::remove_observer(peers_observer& observer) {
    observers_.erase(
        std::remove(observers_.begin(), observers_.end(), &observer),
        observers_.end()
    );
}

// --- questions ---

std::vector<peer_view> peers_service::snapshot() const {
    std::vector<peer_view> views;
    views.reserve(state_.registry().size());
    state_.registry().for_each([&](const peer_entry& entry) { views.push_back(view_of(entry)); });
    return views;
}

std::optional<peer_view> peers_service::find(const identity::endpoint_id& peer) const {
    const peer_entry* const entry = state_.registry().find(peer);
    if (entry == nullptr) return std::nullopt;
    return view_of(*entry);
}

peer_view peers_service::view_of(const peer_entry& entry) const {
    peer_view view;
    view.entry = entry;
    view.evidence = evidence_text(entry.evidence, shard_.now());
    view.uptime = entry.uptime(shard_.now());
    view.next_dial = state_.schedule().due(entry.id);
    const proto::digest_link* const best = state_.links().best(entry.id);
    if (best == nullptr || best->phase() != proto::link_phase::ready) return view;
    const auto link = links_.find(best->id());
    if (link == links_.end()) return view;
    view.path = link->second->connection()->path();
    view.is_dialled = best->is_dialled();
    return view;
}

std::optional<identity::topic_id> peers_service::topic() const {
    if (!mesh_) return std::nullopt;
    return mesh_->topic();
}

probe peers_service::measure() const {
    probe figures = counters_;
    figures.peers = state_.registry().size();
    state_.registry().for_each([&](const peer_entry& entry) {
        figures.connected += entry.connected ? 1 : 0;
        figures.stale += entry.state == peer_state::stale ? 1 : 0;
        figures.dead += entry.state == peer_state::dead ? 1 : 0;
        figures.left += entry.state == peer_state::left ? 1 : 0;
    });
    count_registry(figures);
    figures.links = state_.links().size();
    figures.dials_in_flight = state_.schedule().in_flight();
    figures.dial_targets = state_.schedule().size();
    figures.mesh = state_.mesh().counts();
    figures.neighbors = state_.mesh().neighbors().size();
    figures.syncs = mesh_ ? mesh_->syncs() : 0;
    figures.timers = 1 + figures.syncs;
    return figures;
}

void peers_service::count_registry(probe& figures) const {
    const proto::registry_counts& entries = state_.registry().counts();
    figures.tombstones = state_.registry().tombstones();
    figures.conflicts = entries.conflicts;
    figures.evictions = entries.evictions;
    figures.expiries = entries.expiries;
    figures.deaths = entries.deaths;
    figures.false_alarms = entries.false_alarms;
    const proto::report_counts& reports = state_.mesh().judge().counts();
    figures.reports_taken = reports.taken;
    figures.reports_refuted = reports.refuted;
    figures.reports_ignored = reports.ignored;
}

// --- what the network says ---

void peers_service::accept(std::shared_ptr<transport::connection> incoming) {
    const auto id = state_.link_accepted(incoming->remote_id(), shard_.now());
    if (!id) {
        constexpr auto code = proto::close_code::too_many;
        incoming->close(static_cast<std::uint64_t>(code), to_string(code));
        return;
    }
    const auto link = std::make_shared<peer_link>(sink(), *id);
    link->attach(incoming);
    links_.emplace(*id, link);
    ++counters_.links_opened;
    incoming->set_handler(link);
    turn();
}

void peers_service::on_link_connected(proto::link_id id) {
    const std::shared_ptr<peer_link> link = links_.at(id);
    tell_dialled(*link, nullptr);
    auto opened = link->connection()->open_bidi(link);
    if (opened == nullptr) {
        state_.link_fault(id, proto::close_code::bad_stream, shard_.now());
        turn();
        return;
    }
    link->attach(std::move(opened));
    become_ready(*link, id);
}

/// Once of every dial: that it is up, or that it never was.
void peers_service::tell_dialled(peer_link& link, const transport::close_reason* why) {
    const auto began = link.dialled();
    if (!began || link.connection() == nullptr) return;
    link.set_dialled(std::nullopt);
    dial_result told{link.connection()->remote_id(), shard_.now() - *began, {}, why};
    if (why == nullptr) told.path = link.connection()->path();
    for (peers_observer* const observer : observers_)
        observer->on_dialled(told);
}

void peers_service::on_link_stream(proto::link_id id, std::shared_ptr<transport::stream> opened) {
    const std::shared_ptr<peer_link> link = links_.at(id);
    const bool is_expected =
        opened->is_bidi() && !link->has_stream() && !link->connection()->is_dialled();
    if (!is_expected) {
        state_.link_fault(id, proto::close_code::bad_stream, shard_.now());
        turn();
        return;
    }
    link->attach(opened);
    become_ready(*link, id);
    opened->set_handler(link);
}

void peers_service::become_ready(peer_link& link, proto::link_id id) {
    link.connection()->watch_liveness(patient);
    state_.link_ready(id, link.connection()->path().remote, shard_.now());
    turn();
}

void peers_service::on_link_data(proto::link_id id, bytes_view data) {
    state_.link_received(id, data, shard_.now());
    turn();
}

void peers_service::on_link_writable(proto::link_id id) {
    state_.link_writable(id, shard_.now());
    turn();
}

void peers_service::on_link_ended(proto::link_id id, const transport::close_reason* reason) {
    if (reason == nullptr) {
        state_.link_fault(id, proto::close_code::bad_stream, shard_.now());
    } else {
        if (const auto link = links_.find(id); link != links_.end())
            tell_dialled(*link->second, reason);
        links_.erase(id);
        ++counters_.links_closed;
        state_.link_down(id, evidence_of(*reason, idle_timeout_), shard_.now());
    }
    turn();
}

void peers_service::on_deadline(time_point now) {
    state_.local_lag(std::max(now - armed_for_, duration::zero()), now);
    state_.handle_deadline(now);
    turn();
}

void peers_service::on_mesh_neighbor_up(const identity::endpoint_id& peer) {
    for (peers_observer* const observer : observers_)
        observer->on_neighbor_up(peer);
}

void peers_service::on_mesh_neighbor_down(const identity::endpoint_id& peer, bool is_lost) {
    for (peers_observer* const observer : observers_)
        observer->on_neighbor_down(peer, is_lost);
}

void peers_service::on_mesh_lagged() {
    for (peers_observer* const observer : observers_)
        observer->on_gossip_lagged();
}

// --- what the machine wants ---

void peers_service::turn() {
    MH_ASSERT(shard_.running_in_this_thread(), "a service belongs to its shard's thread");
    if (!route_ || is_draining_) return;  // the outer turn goes on with it
    is_draining_ = true;
    while (const auto output = state_.poll_output())
        std::visit([this](const auto& wanted) { perform(wanted); }, *output);
    is_draining_ = false;
    armed_for_ = std::max(state_.next_deadline().value_or(no_deadline), shard_.now());
    timer_.arm(armed_for_);
}

void peers_service::perform(const proto::dial_output& dial) {
    log_.debug("dialling peer={} addresses={}", dial.to.id.short_text(), dial.to.direct.size());
    const auto link = std::make_shared<peer_link>(sink(), dial.link);
    links_.emplace(dial.link, link);
    ++counters_.links_opened;
    link->set_dialled(shard_.now());
    link->attach(endpoint_.connect(dial.to, digest_alpn, link));
}

void peers_service::perform(const proto::send_output& send) {
    const auto link = links_.find(send.link);
    if (link != links_.end() && !link->second->send(send.frame)) state_.link_blocked(send.link);
}

void peers_service::perform(const proto::close_output& close) {
    const auto link = links_.find(close.link);
    if (link == links_.end()) return;
    const bool is_fault =
        close.code != proto::close_code::leaving && close.code != proto::close_code::superseded;
    if (is_fault) ++counters_.faults;
    log_.log(
        is_fault ? log_budget_.spend(log_level::info, shard_.now()) : log_level::debug,
        "closing link peer={} code={} reason=\"{}\"",
        link->second->connection()->remote_id().short_text(),
        static_cast<std::uint64_t>(close.code),
        close.reason
    );
    link->second->connection()->close(static_cast<std::uint64_t>(close.code), close.reason);
}

void peers_service::perform(const proto::broadcast_output& broadcast) {
    ++counters_.broadcasts;
    mesh_->perform(broadcast);
}

void peers_service::perform(const proto::sync_output& sync) {
    ++counters_.comparisons;
    mesh_->perform(sync);
}

void peers_service::perform(const proto::check_output& check) {
    ++counters_.checks;
    if (mesh_) mesh_->perform(check);
    const proto::digest_link* const best = state_.links().best(check.peer);
    const auto link = best == nullptr ? links_.end() : links_.find(best->id());
    if (link != links_.end() && link->second->has_stream()) link->second->connection()->probe_now();
}

void peers_service::perform(const proto::peer_changed_output& changed) {
    const auto view = find(changed.peer);
    if (!view) return;
    log_.log(
        changed.is_state ? log_budget_.spend(log_level::info, shard_.now()) : log_level::debug,
        "peer={} name=\"{}\" state={} evidence=\"{}\"",
        changed.peer.short_text(),
        view->entry.digest ? view->entry.digest->name : std::string(),
        to_string(view->entry.state),
        view->evidence
    );
    introduce(view->entry);
    for (peers_observer* const observer : observers_)
        observer->on_peer_changed(*view);
}

/// One that was named since the start: once, whenever it has become a member that we are connected
/// to. The gossip may know nobody yet, or only its own part of the mesh.
void peers_service::introduce(const peer_entry& peer) {
    const bool is_member = peer.digest && peer.connected && !proto::is_gone(peer.state);
    if (!mesh_ || !peer.named || !is_member) {
        introduced_.erase(peer.id);
    } else if (!is_bootstrap(peer.id) && introduced_.insert(peer.id).second) {
        mesh_->meet(peer.id);
    }
}

bool peers_service::is_bootstrap(const identity::endpoint_id& peer) const {
    return std::any_of(bootstrap_.begin(), bootstrap_.end(), [&](const auto& each) {
        return each.id == peer;
    });
}

void peers_service::perform(const proto::peer_forgotten_output& forgotten) {
    log_.debug("forgot peer={}", forgotten.peer.short_text());
    introduced_.erase(forgotten.peer);
    for (peers_observer* const observer : observers_)
        observer->on_peer_forgotten(forgotten.peer);
}

void peers_service::perform(const proto::self_changed_output&) {
    for (peers_observer* const observer : observers_)
        observer->on_self_changed(state_.self());
}

void peers_service::perform(const proto::overruled_output& overruled) {
    ++counters_.overruled;
    log_.log(
        log_budget_.spend(log_level::warn, shard_.now()),
        "peer={} holds a newer digest of ours (incarnation {}): the clock was set back, "
        "or another host uses this key",
        overruled.by.short_text(),
        overruled.version.incarnation
    );
}

void peers_service::perform(const proto::stopped_output&) {
    if (mesh_) mesh_->stop();
    log_.debug("left the mesh");
    for (peers_observer* const observer : observers_)
        observer->on_stopped();
}

}  // namespace meshhost::peers
