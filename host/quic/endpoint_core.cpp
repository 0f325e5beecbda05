// SPDX-License-Identifier: Apache-2.0
// The tables of an endpoint's connections: who owns which id, who has something to say, whose
// deadline is next, who has ended.
#include "quic/endpoint_core.hpp"

#include "base/assert.hpp"

#include <algorithm>

namespace meshhost::quic {

namespace {

/// How long packets to an id that its connection has retired may be under way, by the slowest relay
/// there is: they are dropped, and not answered with a reset that would end the connection.
constexpr duration retired_linger = 3s;

}  // namespace

endpoint_core::endpoint_core(
    core_options options,
    const tls_context& tls,
    datagram_port& port,
    endpoint_sink& sink
)
    : options_(std::move(options))
    , tls_(tls)
    , port_(port)
    , sink_(sink)
    , writer_(port)
    , issuer_(options_.shard, options_.reset_key) {
    fill_random(token_key_.data(), token_key_.size());
}

endpoint_core::~endpoint_core() {
    ++depth_;
    for (slot& one : slots_)
        one.connection.reset();
}

quic_connection& endpoint_core::dial(
    const dial_parameters& parameters,
    connection_sink& sink,
    time_point now
) {
    quic_connection& connection = adopt(quic_connection::dial(context(), parameters, sink, now));
    on_dirty(connection);
    return connection;
}

quic_connection& endpoint_core::adopt(std::unique_ptr<quic_connection> connection) {
    quic_connection& adopted = *connection;
    adopted.book.slot = slots_.size();
    slots_.push_back({std::move(connection), timers_.push({no_deadline, &adopted})});
    ++counters_.opened;
    return adopted;
}

void endpoint_core::receive(
    path_id path,
    std::uint8_t ecn,
    std::span<std::uint8_t> data,
    time_point now
) {
    ++counters_.datagrams_received;
    counters_.bytes_received += data.size();
    turn_ = now;
    if (data.empty()) {  // ngtcp2 asserts that there is something
        ++counters_.datagrams_dropped;
        return;
    }
    ngtcp2_version_cid ids;
    const int rv =
        ngtcp2_pkt_decode_version_cid(&ids, data.data(), data.size(), connection_id_size);
    if (rv == NGTCP2_ERR_VERSION_NEGOTIATION) return send_version_negotiation(path, ids, now);
    if (rv != 0 || ids.dcidlen > NGTCP2_MAX_CIDLEN) {
        ++counters_.datagrams_dropped;
        return;
    }
    ++depth_;
    const connection_id id(ids.dcid, ids.dcidlen);
    const bool is_long = (data[0] & 0x80) != 0;
    bytes_view answer;
    if (const auto found = ids_.find(id); found != ids_.end()) {
        found->second->receive(path, ecn, data, now);
    } else if (closing_.receive(id, answer) || retired_.receive(id, answer)) {
        if (!answer.empty()) send_one(path, answer);
    } else if (is_long) {
        accept(path, ecn, data, now);
    } else if (quic_connection* const ended = reset_by(path, data)) {
        ended->receive(path, ecn, data, now);
    } else {
        send_stateless_reset(path, id, data.size(), now);
    }
    --depth_;
    // Long headers are handshakes, and those cost a fraction of a millisecond each: the peer can
    // go on with its half while we turn to the next one in the batch.
    if (is_long && depth_ == 0) flush(now);
}

bool endpoint_core::is_addressed(bytes_view datagram) const {
    if (datagram.size() <= connection_id_size || (datagram[0] & 0x80) != 0) return false;
    const connection_id id(datagram.data() + 1, connection_id_size);
    return ids_.contains(id) || closing_.contains(id) || retired_.contains(id);
}

void endpoint_core::flush(time_point now) {
    if (depth_ > 0) return;  // a sink's wish, inside a call that will flush when it is back
    ++depth_;
    turn_ = now;
    flush_wanted_ = false;
    while (!dirty_.empty() && !writer_.blocked()) {
        flushing_.swap(dirty_);
        for (std::size_t i = 0; i < flushing_.size(); ++i) {
            quic_connection& connection = *flushing_[i];
            connection.book.dirty = false;
            if (writer_.blocked()) {
                on_dirty(connection);
                continue;
            }
            connection.flush(writer_, now);
            if (writer_.blocked()) on_dirty(connection);
            if (connection.has_ended()) {
                bury(connection, now);
            } else {
                set_timer(connection, connection.deadline());
            }
        }
        flushing_.clear();
    }
    --depth_;
}

time_point endpoint_core::next_deadline() const {
    const time_point next = timers_.empty() ? no_deadline : timers_.top().at;
    return std::min({next, closing_.next_deadline(), retired_.next_deadline()});
}

void endpoint_core::on_deadline(time_point now) {
    ++depth_;
    turn_ = now;
    closing_.expire(now);
    retired_.expire(now);
    while (!timers_.empty() && timers_.top().at <= now) {
        quic_connection& due = *timers_.top().connection;
        set_timer(due, no_deadline);  // flush() sets the next one
        due.on_deadline(now);
    }
    --depth_;
    flush(now);
}

void endpoint_core::resume(time_point now) {
    writer_.unblock();
    flush(now);
}

void endpoint_core::set_timer(quic_connection& connection, time_point at) {
    const auto handle = slots_[connection.book.slot].timer;
    if ((*handle).at != at) timers_.update(handle, {at, &connection});
}

void endpoint_core::on_dirty(quic_connection& connection) {
    if (!std::exchange(connection.book.dirty, true)) dirty_.push_back(&connection);
    if (depth_ == 0 && !std::exchange(flush_wanted_, true)) sink_.on_flush_wanted();
}

void endpoint_core::bury(quic_connection& connection, time_point now) {
    connection.deliver_end();
    const close_reason& reason = *connection.ended();
    ++counters_.closed;
    ++counters_.closed_by_cause[static_cast<std::size_t>(reason.cause)];
    if (connection.handshake() == handshake_kind::early_data) ++counters_.early_data_accepted;
    leave_half_open(connection);
    if (connection.book.counted_for_peer) {
        const auto count = accepted_per_peer_.find(connection.peer());
        if (--count->second == 0) accepted_per_peer_.erase(count);
    }

    closing_table::entry closed{
        .farewell = connection.farewell(),
        .until = now + connection.linger()};
    for (const ngtcp2_cid& cid : connection.issued_ids())
        closed.ids.emplace_back(cid);
    for (const connection_id& id : connection.book.first_ids)
        closed.ids.push_back(id);
    for (const connection_id& id : closed.ids)
        ids_.erase(id);
    // Where the peer knows nothing of the end, silence would be worse than a stateless reset.
    const bool both_know = !closed.farewell.empty() || connection.was_ended_by_peer();
    if (both_know) closing_.add(std::move(closed));

    for (const reset_token& token : connection.book.reset_tokens)
        reset_tokens_.erase(token);
    if (connection.book.dirty) std::erase(dirty_, &connection);
    std::size_t const at = connection.book.slot;
    timers_.erase(slots_[at].timer);
    if (at + 1 != slots_.size()) {
        std::swap(slots_[at], slots_.back());
        slots_[at].connection->book.slot = at;
    }
    slots_.pop_back();
}

ngtcp2_cid endpoint_core::issue_id(quic_connection& connection, reset_token& token) {
    ngtcp2_cid cid = issuer_.issue();
    while (!ids_.try_emplace(connection_id(cid), &connection).second)
        cid = issuer_.issue();
    token = issuer_.token_of(cid);
    return cid;
}

void endpoint_core::retire_id(const ngtcp2_cid& cid) {
    const connection_id id(cid);
    if (ids_.erase(id) == 0) return;
    retired_.add({.ids = {id}, .farewell = {}, .until = turn_ + retired_linger});
}

void endpoint_core::heed_reset(quic_connection& connection, const reset_token& token) {
    if (reset_tokens_.emplace(token, &connection).second) {
        connection.book.reset_tokens.push_back(token);
    }
}

void endpoint_core::forget_reset(quic_connection& connection, const reset_token& token) {
    auto& tokens = connection.book.reset_tokens;
    const auto found = std::find(tokens.begin(), tokens.end(), token);
    if (found == tokens.end()) return;
    tokens.erase(found);
    reset_tokens_.erase(token);
}

/// A peer that lost its connection answers where we send to. What comes from elsewhere answers what
/// we sent before the connection moved, which the peer may have had no id for any more.
quic_connection* endpoint_core::reset_by(path_id path, bytes_view datagram) const {
    reset_token token;
    if (datagram.size() < token.size()) return nullptr;
    const bytes_view last = datagram.last(token.size());
    std::copy(last.begin(), last.end(), token.begin());
    const auto found = reset_tokens_.find(token);
    if (found == reset_tokens_.end()) return nullptr;
    const ip_endpoint in_use = port_.address_of(found->second->current_path());
    const bool is_elsewhere = !in_use.is_unspecified() && port_.address_of(path) != in_use;
    return is_elsewhere ? nullptr : found->second;
}

std::vector<quic_connection*> endpoint_core::connections() const {
    std::vector<quic_connection*> all;
    all.reserve(slots_.size());
    for (const slot& one : slots_)
        all.push_back(one.connection.get());
    return all;
}

}  // namespace meshhost::quic
