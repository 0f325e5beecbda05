// SPDX-License-Identifier: Apache-2.0
#include "relay/proto/relay_server_state.hpp"

#include "base/assert.hpp"
#include "relay/proto/relay_server_session.hpp"

#include <algorithm>
#include <string>
#include <utility>

namespace meshhost::relay::proto {

namespace {

using wire::websocket_opcode;

constexpr std::uint64_t burst_min = 64u << 10;

server_config complete(server_config config) {
    if (config.client_burst_bytes == 0)
        config.client_burst_bytes = std::max(config.client_bytes_per_second / 10, burst_min);
    return config;
}

bytes_view close_payload(std::array<std::uint8_t, 2>& room, std::uint16_t status) {
    room = {static_cast<std::uint8_t>(status >> 8), static_cast<std::uint8_t>(status)};
    return room;
}

}  // namespace

const char* to_string(client_end end) noexcept {
    switch (end) {
    case client_end::left:
        return "left";
    case client_end::denied:
        return "denied";
    case client_end::violation:
        return "violation";
    case client_end::late:
        return "late";
    case client_end::silent:
        return "silent";
    case client_end::slow:
        return "slow";
    case client_end::same_id:
        return "same_id";
    case client_end::shut_down:
        return "shut_down";
    }
    return "unknown";
}

relay_server_state::relay_server_state(server_config config, prng random)
    : config_(complete(std::move(config)))
    , random_(random)
    , seats_(random_.next()) {}

relay_server_state::~relay_server_state() = default;

relay_server_state::session* relay_server_state::find(client_number who) const {
    const auto at = sessions_.find(who);
    return at == sessions_.end() ? nullptr : at->second.get();
}

void relay_server_state::open(client_number who, const client_opening& how, time_point now) {
    MH_ASSERT(!sessions_.contains(who), "a number is used once");
    auto& of = *sessions_.emplace(who, std::make_unique<session>(who, how, config_)).first->second;
    of.last_received = now;
    arm(of, of.authenticate_by);
    if (!how.proven) return send_control(of, encode_challenge(of.asked));
    const auto before = stats_.accepted;
    admit(of, *how.proven, now);
    stats_.proven += stats_.accepted - before;
}

void relay_server_state::received(
    client_number who,
    std::span<std::uint8_t> bytes,
    time_point now
) {
    session* const of = find(who);
    if (of == nullptr || of->at == session::phase::ending) return;
    stats_.stream_bytes_received += bytes.size();
    of->last_received = now;
    const time_point again_at = of->budget.spend(bytes.size(), now);
    of->reader.feed(bytes);
    read_messages(*of, now);
    if (again_at <= now || of->at == session::phase::ending) return;
    ++stats_.rate_limited;
    of->paused_until = again_at;
    output(server_output_kind::pause, *of);
    arm(*of, again_at);
    if (of->version == relay_version::v2 && of->at == session::phase::client
        && !std::exchange(of->is_rate_told, true))
        tell_status(*of, status_frame::rate_limited, {});
}

void relay_server_state::read_messages(session& of, time_point now) {
    while (of.at != session::phase::ending) {
        const auto message = of.reader.poll();
        if (!message) break;
        on_message(of, *message, now);
    }
    if (of.at == session::phase::ending) return;
    const auto fault = of.reader.fault();
    if (fault == wire::websocket_fault::none) return;
    std::array<std::uint8_t, 2> room{};
    send_control(of, websocket_opcode::close, close_payload(room, wire::close_status(fault)));
    end(of, client_end::violation);
}

void relay_server_state::on_message(
    session& of,
    const wire::websocket_message& message,
    time_point now
) {
    switch (message.opcode) {
    case websocket_opcode::binary:
        return on_frame(of, message.data, now);
    case websocket_opcode::ping:
        return send_control(of, websocket_opcode::pong, message.data);
    case websocket_opcode::close:
        send_control(
            of,
            websocket_opcode::close,
            message.data.first(std::min<std::size_t>(message.data.size(), 2))
        );
        return end(of, client_end::left);
    case websocket_opcode::text:  // iroh's relay skips them, too
    case websocket_opcode::pong:
    case websocket_opcode::continuation:
        return;
    }
}

void relay_server_state::on_frame(session& of, std::span<std::uint8_t> message, time_point now) {
    if (of.at == session::phase::unknown) return on_auth(of, message, now);
    const auto frame = decode_client_frame(message);
    if (!frame) return end(of, client_end::violation);
    if (const auto* const datagrams = std::get_if<datagrams_frame>(&*frame)) {
        forward(of, *datagrams, now);
    } else if (const auto* const ping = std::get_if<ping_frame>(&*frame)) {
        ++stats_.pings_received;
        send_control(of, encode(pong_frame{ping->data}).view());
    } else {
        on_pong(of, std::get<pong_frame>(*frame).data);
    }
}

void relay_server_state::on_auth(session& of, std::span<std::uint8_t> message, time_point now) {
    const auto id = check_client_auth(message, of.asked);
    if (!id) return refuse(of, "signature invalid");
    admit(of, *id, now);
}

void relay_server_state::admit(session& of, const identity::endpoint_id& id, time_point now) {
    if (!config_.access.allows(id, of.has_token)) return refuse(of, "not authorized");
    std::ranges::copy(id.bytes(), of.id.begin());
    of.at = session::phase::client;
    of.reader.limit(message_max);
    of.last_received = now;
    ++stats_.accepted;
    send_control(of, encode_confirmation());
    output(server_output_kind::authenticated, of);
    arm_ping(of);
    const auto change = seats_.take(of.id, of.number);
    if (change.evicted) end(*find(*change.evicted), client_end::same_id);
    if (!change.superseded || change.superseded == change.evicted) return;
    ++stats_.superseded;
    tell_status(
        *find(*change.superseded),
        status_frame::same_id_connected,
        "Another connection of the same endpoint id is active; this one gets nothing until it ends."
    );
}

void relay_server_state::refuse(session& of, std::string_view reason) {
    send_control(of, encode_refusal(reason));
    std::array<std::uint8_t, 2> room{};
    send_control(of, websocket_opcode::close, close_payload(room, 1000));
    end(of, client_end::denied);
}

void relay_server_state::forward(
    session& from,
    const datagrams_frame& frame,
    time_point /*now*/
) {
    ++stats_.datagrams_received;
    stats_.bytes_received += frame.data.size();
    if (frame.data.empty()) return;
    const auto to = seats_.active(frame.peer);
    if (!to) {
        ++stats_.dropped_unknown;
        return;
    }
    if (!from.has_contact || from.last_peer != frame.peer) {
        seats_.note_contact(from.id, frame.peer);
        from.last_peer = frame.peer;
        from.has_contact = true;
    }
    send_datagrams(*find(*to), head_to_client(from.id, frame.ecn, frame.segment_size), frame);
}

void relay_server_state::on_pong(session& of, const ping_data& data) {
    if (of.ping_sent == no_deadline || data != of.ping) return;
    of.ping_sent = no_deadline;
    arm_ping(of);
}

/// v1 knows no status: there is a text for what is wrong, and none for what is well again.
void relay_server_state::tell_status(session& of, std::uint8_t status, std::string_view text) {
    if (of.version == relay_version::v2)
        return send_control(of, encode(status_frame{status}).view());
    if (text.empty()) return;
    const frame_head head = health_head();
    byte_buffer frame(head.view().begin(), head.view().end());
    frame.insert(frame.end(), text.begin(), text.end());
    send_control(of, frame);
}

void relay_server_state::send_control(session& to, bytes_view frame) {
    send_control(to, websocket_opcode::binary, frame);
}

/// A client that makes us answer faster than it reads loses the oldest answers.
void relay_server_state::send_control(session& to, websocket_opcode opcode, bytes_view payload) {
    if (to.at == session::phase::ending) return;
    const bool was_empty = to.is_outgoing_empty();
    const std::size_t before = to.queued();
    if (to.control.make_room(payload.size() + wire::websocket_header_max)) {
        wire::append_websocket_frame(to.control.open(), opcode, {payload});
        to.control.close(0);
    }
    note_queue(to, was_empty, before);
}

void relay_server_state::send_datagrams(
    session& to,
    const frame_head& head,
    const datagrams_frame& frame
) {
    if (to.at == session::phase::ending) return;
    const std::size_t size = frame.data.size() + head.size + wire::websocket_header_max;
    const bool was_empty = to.is_outgoing_empty();
    const std::size_t before = to.queued();
    const bool has_room = to.datagrams.make_room(size);
    stats_.dropped_full += to.datagrams.take_dropped().frames + (has_room ? 0 : 1);
    if (has_room && queued_ - before + to.queued() + size > config_.queued_bytes_max) {
        ++stats_.dropped_memory;
    } else if (has_room) {
        wire::append_websocket_frame(
            to.datagrams.open(),
            websocket_opcode::binary,
            {head.view(), frame.data}
        );
        to.datagrams.close(static_cast<std::uint32_t>(frame.data.size()));
    }
    note_queue(to, was_empty, before);
}

void relay_server_state::note_queue(session& of, bool was_empty, std::size_t before) {
    queued_ = queued_ - before + of.queued();
    if (was_empty && !of.is_outgoing_empty()) output(server_output_kind::write, of);
}

bytes_view relay_server_state::outgoing(client_number who) const {
    const session* const of = find(who);
    if (of == nullptr || of->is_outgoing_empty()) return {};
    if (of->writes_control()) return of->control.waiting();
    return of->control.empty() ? of->datagrams.waiting() : of->datagrams.rest_of_first();
}

void relay_server_state::taken(client_number who, std::size_t count, time_point now) {
    session* const of = find(who);
    if (of == nullptr || count == 0) return;
    auto& queue = of->writes_control() ? of->control : of->datagrams;
    queue.take(count);
    queued_ -= count;
    stats_.stream_bytes_sent += count;
    const auto written = of->datagrams.take_written();
    stats_.datagrams_sent += written.frames;
    stats_.bytes_sent += written.weight;
    if (of->is_outgoing_empty())
        of->blocked_since = no_deadline;
    else if (of->blocked_since != no_deadline)
        of->blocked_since = now;
}

void relay_server_state::blocked(client_number who, time_point now) {
    session* const of = find(who);
    if (of == nullptr || of->is_outgoing_empty() || of->blocked_since != no_deadline) return;
    of->blocked_since = now;
    arm(*of, now + config_.write_timeout);
}

void relay_server_state::end(session& of, client_end why) {
    if (of.at == session::phase::ending) return;
    if (of.at == session::phase::client) leave(of);
    of.at = session::phase::ending;
    ++stats_.ended[static_cast<std::size_t>(why)];
    const std::size_t before = of.queued();
    of.datagrams.drop_unbegun();
    queued_ = queued_ - before + of.queued();
    output(server_output_kind::close, of, why);
}

/// Precondition: it has a seat, unless it was evicted from it.
void relay_server_state::leave(session& of) {
    const auto change = seats_.leave(of.id, of.number);
    if (is_shutting_down_) return;
    if (change.promoted) {
        ++stats_.promoted;
        tell_status(*find(*change.promoted), status_frame::healthy, {});
    }
    for (const auto& contact : change.contacts)
        if (const auto to = seats_.active(contact))
            send_control(*find(*to), encode(gone_frame{of.id}).view());
}

void relay_server_state::closed(client_number who, time_point /*now*/) {
    const auto at = sessions_.find(who);
    if (at == sessions_.end()) return;
    session& of = *at->second;
    if (of.at == session::phase::client) leave(of);
    if (of.at != session::phase::ending) ++stats_.ended[static_cast<std::size_t>(client_end::left)];
    queued_ -= of.queued();
    timers_.erase({of.armed, who});
    sessions_.erase(at);
}

void relay_server_state::close(client_number who, client_end why) {
    if (session* const of = find(who)) end(*of, why);
}

void relay_server_state::close_all(client_end why) {
    for (const auto& [number, of] : sessions_)
        end(*of, why);
}

/// Each is told another time to come back at: they are not to come all at once.
void relay_server_state::shut_down(time_point /*now*/) {
    is_shutting_down_ = true;
    const auto most =
        static_cast<std::uint64_t>(std::max<duration::rep>(config_.restart_in.count(), 1));
    for (const auto& [number, of] : sessions_) {
        if (of->at != session::phase::client) continue;
        const duration wait(static_cast<duration::rep>(random_.below(most)));
        send_control(*of, encode(restarting_frame{wait, config_.restart_try_for}).view());
    }
}

void relay_server_state::set_access(access_policy access) {
    config_.access = std::move(access);
    for (const auto& [number, of] : sessions_) {
        if (of->at != session::phase::client) continue;
        const auto id = identity::endpoint_id::from_bytes(of->id);
        if (id && !config_.access.allows(*id, of->has_token)) end(*of, client_end::denied);
    }
}

void relay_server_state::output(server_output_kind kind, const session& of, client_end end) {
    outputs_.push_back({kind, of.number, end});
}

std::optional<server_output> relay_server_state::poll_output() {
    if (outputs_.empty()) return {};
    const server_output next = outputs_.front();
    outputs_.pop_front();
    return next;
}

}  // namespace meshhost::relay::proto
