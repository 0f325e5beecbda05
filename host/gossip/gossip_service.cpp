// SPDX-License-Identifier: Apache-2.0
#include "gossip/gossip_service.hpp"

#include "base/assert.hpp"

#include <utility>
#include <variant>

namespace meshhost::gossip {

using identity::endpoint_id;
using identity::topic_id;

namespace {

proto::link_end end_of(const transport::close_reason& reason) {
    using transport::close_cause;
    const bool is_orderly = reason.cause == close_cause::closed_by_peer && reason.code == 0;
    const bool is_refused =
        reason.cause == close_cause::port_closed || reason.cause == close_cause::stateless_reset;
    if (is_refused) return proto::link_end::refused;
    return is_orderly ? proto::link_end::closed : proto::link_end::lost;
}

proto::addr_info info_of(const identity::endpoint_addr& addr) {
    return {addr.relays.empty() ? std::string() : addr.relays.front(), addr.direct};
}

}  // namespace

gossip_service::gossip_service(
    net::shard& shard,
    transport::endpoint& endpoint,
    gossip_options options
)
    : shard_(shard)
    , endpoint_(endpoint)
    , alpn_(std::move(options.alpn))
    , limits_(options.limits)
    , log_(std::move(options.log))
    , state_(endpoint.id(), options.machines, ids_, prng(options.seed), shard.now())
    , timer_(shard, *this)
    , addresses_(options.limits)
    , dials_(options.limits, prng(~options.seed))
    , subscribers_(shard, options.limits) {}

gossip_service::~gossip_service() {
    for (const auto& [key, connection] : connections_)
        connection->detach();
}

// --- calls ---

void gossip_service::start() {
    MH_ASSERT(!route_, "started once");
    route_.emplace(endpoint_.router(), alpn_, [this](auto incoming) {
        accept(std::move(incoming));
    });
    refresh_address();
}

result<std::shared_ptr<subscription>> gossip_service::subscribe(
    const topic_id& topic,
    const std::vector<identity::endpoint_addr>& bootstrap,
    gossip_subscriber& subscriber
) {
    if (stop_observer_ != nullptr) return make_error_code(errc::stopping);
    auto made = subscribers_.add(topic, subscriber);
    if (made == nullptr) return make_error_code(errc::too_many_subscribers);
    std::vector<endpoint_id> ids;
    for (const auto& addr : bootstrap) {
        ids.push_back(addr.id);
        addresses_.name(addr);
    }
    if (const auto error = state_.join(topic, ids, shard_.now())) {
        subscribers_.remove(*made);
        return error;
    }
    turn();
    return made;
}

void gossip_service::leave(subscription& ended) {
    if (!subscribers_.remove(ended)) return;
    state_.leave(ended.topic(), shard_.now());
    turn();
}

error_code gossip_service::broadcast(
    const topic_id& topic,
    bytes_view content,
    const proto::broadcast_options& how
) {
    auto options = how;
    byte_buffer trace;
    if (tracer_ != nullptr && how.trace.empty() && how.scope == proto::delivery_scope::swarm)
        trace = tracer_->on_broadcast(topic, content);
    if (!trace.empty()) options.trace = trace;
    const error_code error = state_.broadcast(topic, content, options, shard_.now());
    if (!trace.empty() && !error) tracer_->on_sent();
    turn();
    return error;
}

void gossip_service::add_contacts(const topic_id& topic, const std::vector<endpoint_id>& peers) {
    if (!state_.has_joined(topic)) return;
    [[maybe_unused]] const auto error = state_.join(topic, peers, shard_.now());
    MH_ASSERT(!error, "it is joined already");
    turn();
}

void gossip_service::suggest_peers(const topic_id& topic, const std::vector<endpoint_id>& peers) {
    state_.suggest_peers(topic, peers, shard_.now());
    turn();
}

void gossip_service::probe_peer(const endpoint_id& peer) {
    const peer_link* const link = find(peer);
    if (link == nullptr) return;
    for (const auto& connection : link->connections())
        connection->probe();
}

identity::endpoint_addr gossip_service::address_of(const endpoint_id& peer) const {
    identity::endpoint_addr found = addresses_.find(peer, shard_.now());
    if (source_ != nullptr) source_->add_addresses(found);
    identity::put_in_order(found);
    return found;
}

void gossip_service::refresh_address() {
    const auto info = info_of(endpoint_.address());
    const auto data = proto::encode_addr_info(info, proto::peer_data_size_max);
    [[maybe_unused]] const auto error = state_.set_peer_data(data);
    MH_ASSERT(!error, "encoded to fit");
    turn();
}

void gossip_service::async_stop(gossip_observer& observer) {
    if (stop_observer_ != nullptr) return;
    stop_observer_ = &observer;
    stop_due_ = shard_.now() + limits_.stop_wait;
    for (const auto& topic : subscribers_.topics())
        state_.leave(topic, shard_.now());
    turn();  // the last frames are with the streams of their links, or never will be
    while (!links_.empty())
        end_link(links_.begin(), proto::link_end::closed);
    for (const auto& [key, connection] : connections_)
        connection->finish(limits_.stop_wait, close_code::in_order);  // dials
    turn();
    timer_.arm(connections_.empty() ? shard_.now() : *stop_due_);
}

/// Whatever still hangs at stop_due_ is left to the endpoint's own end.
void gossip_service::finish_stopping() {
    if (!stop_due_ || (!connections_.empty() && shard_.now() < *stop_due_)) return;
    stop_due_.reset();
    timer_.arm(no_deadline);
    log_.debug("left every topic");
    stop_observer_->on_gossip_stopped();
}

probe gossip_service::measure() const {
    probe figures = counters_;
    figures.links = links_.size();
    figures.connections = connections_.size();
    for (const auto& [key, connection] : connections_) {
        figures.streams += connection->streams();
        figures.headerless += connection->headerless();
    }
    for (const auto& [peer, link] : links_) {
        figures.queue_frames += link.queue().size();
        figures.queue_bytes += link.queue().bytes();
        figures.frames_dropped += link.dropped();
    }
    figures.dials_in_flight = dials_.in_flight();
    figures.dials_remembered = dials_.size();
    figures.addresses = addresses_.size();
    figures.subscriptions = subscribers_.size();
    figures.timers = 1 + connections_.size();
    figures.events_lagged = subscribers_.lagged();
    figures.state = state_.probe();
    return figures;
}

// --- what the network says ---

std::shared_ptr<peer_connection> gossip_service::make_connection(
    const endpoint_id& peer,
    bool dialled
) {
    peer_connection_sink& sink = *this;
    auto made = std::make_shared<peer_connection>(shard_, sink, limits_, peer, dialled);
    connections_.emplace(made.get(), made);
    return made;
}

void gossip_service::accept(std::shared_ptr<transport::connection> incoming) {
    if (stop_observer_ != nullptr) return incoming->close(0, "stopping");
    const auto made = make_connection(incoming->remote_id(), false);
    made->attach(incoming);
    incoming->set_handler(made);
    join(made);
}

void gossip_service::on_connected(peer_connection& connection) {
    dials_.answered(connection.peer());
    join(connections_.at(&connection));
}

/// A connection that is up becomes part of its peer's link.
void gossip_service::join(std::shared_ptr<peer_connection> connection) {
    const endpoint_id peer = connection->peer();
    const bool is_room = links_.size() < limits_.links || links_.contains(peer);
    if (!is_room || stop_observer_ != nullptr)
        return connection->close(close_code::too_many, to_string(close_code::too_many));
    connection->watch();
    const bool is_lower = endpoint_.id() < peer;
    peer_link& link = links_.try_emplace(peer, is_lower, limits_).first->second;
    const proto::link_instance next(++last_instance_);
    if (link.add(std::move(connection), next, shard_.now())) {
        ++counters_.links_up;
        dials_.linked(peer);
        state_.link_up(peer, next, shard_.now());
    }
    turn();
}

void gossip_service::on_frame(peer_connection& from, const topic_id& topic, bytes_view body) {
    peer_link* const link = find(from.peer());
    if (link == nullptr || !link->has(from)) return;
    link->heard_on(from);
    if (!state_.has_joined(topic)) ++counters_.unknown_topic;
    const auto now = shard_.now();
    if (const auto rtt = link->poll_rtt(now)) state_.set_rtt(from.peer(), *rtt);
    state_.received(from.peer(), link->instance(), topic, body, now);
    turn();
}

void gossip_service::on_fault(peer_connection& connection, error_code error) {
    const peer_link* const link = find(connection.peer());
    if (link == nullptr || !link->has(connection)) return;
    ++counters_.violations;
    abort_link(connection.peer(), close_code::violation, error.message());
    turn();
}

void gossip_service::on_room(peer_connection& connection) {
    peer_link* const link = find(connection.peer());
    if (link != nullptr && link->has(connection)) link->pump();
}

/// The link ends in order; whoever needs it dials anew.
void gossip_service::on_worn_out(peer_connection& connection) {
    const auto at = links_.find(connection.peer());
    if (at == links_.end() || !at->second.has(connection)) return;
    ++counters_.worn_out;
    log_.log(
        log_budget_.spend(log_level::info, shard_.now()),
        "replacing a link peer={} reason=\"{}\"",
        connection.peer().short_text(),
        to_string(close_code::worn_out)
    );
    end_link(at, proto::link_end::lost, close_code::worn_out);
    turn();
}

void gossip_service::on_ended(peer_connection& ended, const transport::close_reason& reason) {
    const auto keep = connections_.extract(&ended);
    const endpoint_id peer = ended.peer();
    counters_.headerless += ended.headerless();
    const auto link = links_.find(peer);
    if (link != links_.end() && link->second.has(ended)) {
        if (link->second.remove(ended)) end_link(link, end_of(reason));
    } else if (ended.is_dialled() && !ended.was_up()) {
        log_.debug(
            "dial failed peer={} cause={}",
            peer.short_text(),
            quic::to_string(reason.cause)
        );
        ++counters_.dials_failed;
        dials_.failed(peer, shard_.now());
        if (link == links_.end()) state_.dial_failed(peer, shard_.now());
    }
    turn();
    finish_stopping();
}

void gossip_service::on_deadline(time_point now) {
    state_.handle_deadline(now);
    turn();
    finish_stopping();
}

// --- links ---

peer_link* gossip_service::find(const endpoint_id& peer) {
    const auto at = links_.find(peer);
    return at == links_.end() ? nullptr : &at->second;
}

/// The link is over for the machines; its connections deliver what was placed, then close.
void gossip_service::end_link(link_map::iterator at, proto::link_end how, close_code code) {
    const endpoint_id peer = at->first;
    const proto::link_instance instance = at->second.instance();
    counters_.frames_dropped += at->second.dropped();
    const bool is_stopping = stop_observer_ != nullptr;
    for (const auto& connection : at->second.release())
        connection->finish(is_stopping ? limits_.stop_wait : limits_.delivery_wait, code);
    links_.erase(at);
    state_.link_down(peer, instance, how, shard_.now());
}

void gossip_service::abort_link(const endpoint_id& peer, close_code code, const std::string& why) {
    const auto at = links_.find(peer);
    if (at == links_.end()) return;
    log_.log(
        log_budget_.spend(log_level::info, shard_.now()),
        "closing link peer={} reason=\"{}: {}\"",
        peer.short_text(),
        to_string(code),
        why
    );
    for (const auto& connection : at->second.connections())
        connection->close(code, why);
    end_link(at, proto::link_end::lost);
}

// --- what the machines want ---

void gossip_service::turn() {
    MH_ASSERT(shard_.running_in_this_thread(), "a service belongs to its shard's thread");
    if (!route_ || is_draining_) return;  // the outer turn goes on with it
    is_draining_ = true;
    while (const auto output = state_.poll_output())
        std::visit([this](const auto& wanted) { perform(wanted); }, *output);
    start_dials(shard_.now());
    is_draining_ = false;
    const auto dial_due = dials_.next_deadline().value_or(no_deadline);
    const auto machine_due = state_.next_deadline().value_or(no_deadline);
    timer_.arm(std::min({dial_due, machine_due, stop_due_.value_or(no_deadline)}));
}

void gossip_service::start_dials(time_point now) {
    while (const auto peer = dials_.take_due(now)) {
        const identity::endpoint_addr to = address_of(*peer);
        log_.debug("dialling peer={} addresses={}", peer->short_text(), to.direct.size());
        ++counters_.dials;
        const auto made = make_connection(*peer, true);
        made->attach(endpoint_.connect(to, alpn_, made));
    }
}

void gossip_service::perform(const proto::send_output& send) {
    peer_link* const link = find(send.to);
    if (link == nullptr || link->send(send)) return;
    ++counters_.slow_peers;
    abort_link(send.to, close_code::too_slow, "its queue is full");
}

void gossip_service::perform(const proto::want_link_output& want) {
    const auto now = shard_.now();
    const bool may_dial = stop_observer_ == nullptr && dials_.want(want.peer, now, want.is_urgent);
    if (!may_dial) state_.dial_failed(want.peer, now);
}

void gossip_service::perform(const proto::drop_link_output& drop) {
    const auto at = links_.find(drop.peer);
    if (at != links_.end() && at->second.instance() == drop.link)
        end_link(at, proto::link_end::closed);
}

void gossip_service::perform(const proto::neighbor_up_output& up) {
    log_.debug("neighbour up peer={} topic={}", up.peer.short_text(), up.topic.short_text());
    subscribers_.publish(up.topic, up);
}

void gossip_service::perform(const proto::neighbor_down_output& down) {
    log_.debug("neighbour down peer={} topic={}", down.peer.short_text(), down.topic.short_text());
    subscribers_.publish(down.topic, down);
}

void gossip_service::perform(const proto::message_output& message) {
    if (tracer_ != nullptr) tracer_->on_delivery(message);
    subscribers_.publish(message.topic, message);
}

void gossip_service::perform(const proto::peer_addr_output& heard) {
    addresses_.learn(heard.peer, heard.addr, shard_.now());
}

void gossip_service::perform(const proto::protocol_violation_output& violation) {
    ++counters_.violations;
    abort_link(violation.peer, close_code::violation, violation.error.message());
}

}  // namespace meshhost::gossip
