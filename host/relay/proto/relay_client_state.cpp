// SPDX-License-Identifier: Apache-2.0
#include "relay/proto/relay_client_state.hpp"

#include "base/assert.hpp"

#include <algorithm>
#include <cstring>
#include <limits>
#include <utility>

namespace meshhost::relay::proto {

namespace {

using wire::websocket_opcode;

constexpr std::size_t notice_max = 256;  ///< of a relay's words, in a log

}  // namespace

relay_client_state::relay_client_state(
    const identity::secret_key& key,
    client_config config,
    prng random
)
    : key_(key)
    , config_(config)
    , random_(random)
    , retry_(config.retry_first, config.retry_max)
    , reader_(wire::websocket_end::client, message_max)
    , control_(config.control_frames_max, config.control_bytes_max)
    , datagrams_(config.queue_frames_max, config.queue_bytes_max) {}

void relay_client_state::start(time_point now) {
    if (phase_ == phase::idle) attempt_now(now);
}

void relay_client_state::stop() {
    if (phase_ == phase::stopped) return;
    drop_connection();
    datagrams_.clear();
    stats_.dropped_lost += datagrams_.take_dropped().frames;
    waiting_since_.clear();
    phase_ = phase::stopped;
    reason_ = down_reason::stopped;
    due_ = no_deadline;
    outputs_.push_back(status_output{relay_status::stopped, reason_});
}

void relay_client_state::network_changed(time_point now) {
    now_ = now;
    switch (phase_) {
    case phase::idle:
    case phase::stopped:
        return;
    case phase::waiting:
    case phase::connecting:
    case phase::authenticating:
        retry_.reset();
        drop_connection();
        return attempt_now(now);
    case phase::up:
        break;
    }
    ping(now, hurried_pong_timeout());
}

duration relay_client_state::hurried_pong_timeout() const noexcept {
    return std::clamp(
        latency_.value_or(config_.pong_timeout) * 3,
        config_.hurried_pong_timeout_min,
        config_.pong_timeout
    );
}

void relay_client_state::attempt_now(time_point now) {
    now_ = now;
    const bool was_connecting = phase_ == phase::connecting || phase_ == phase::authenticating;
    phase_ = phase::connecting;
    due_ = now + config_.connect_timeout;
    outputs_.push_back(connect_output{++attempt_});
    if (!was_connecting) outputs_.push_back(status_output{relay_status::connecting, reason_});
}

void relay_client_state::connected(std::uint64_t attempt, relay_version version, time_point now) {
    if (phase_ != phase::connecting || attempt != attempt_) return;
    now_ = now;
    phase_ = phase::authenticating;
    version_ = version;
}

void relay_client_state::failed(std::uint64_t attempt, down_reason reason, time_point now) {
    const bool is_on = phase_ == phase::connecting || is_connected();
    if (!is_on || attempt != attempt_) return;
    now_ = now;
    fail(reason);
}

/// The next attempt is set before anything else: nothing that happens to the old connection can
/// keep it from being made.
void relay_client_state::fail(down_reason reason) {
    const bool was_stable = phase_ == phase::up && now_ - up_since_ >= config_.stable_after;
    if (was_stable) retry_.reset();
    duration wait = retry_.next(random_);
    if (const auto told = std::exchange(restart_in_, {})) wait = std::max(wait, *told);
    drop_connection();
    phase_ = phase::waiting;
    reason_ = reason;
    due_ = now_ + wait;
    ++stats_.failures;
    outputs_.push_back(status_output{relay_status::down, reason});
}

/// What was on its way is lost, as datagrams are.
void relay_client_state::drop_connection() {
    if (phase_ == phase::connecting || is_connected()) outputs_.push_back(disconnect_output{});
    if (phase_ == phase::up) {
        datagrams_.clear();
        stats_.dropped_lost += datagrams_.take_dropped().frames;
    }
    control_.clear();
    reader_ = wire::websocket_reader(wire::websocket_end::client, message_max);
    ping_sent_ = pong_by_ = sent_at_ = no_deadline;
    latency_.reset();
    is_superseded_ = false;
    is_write_told_ = false;
    note_room();
}

void relay_client_state::become_up() {
    phase_ = phase::up;
    reason_ = down_reason::none;
    due_ = no_deadline;
    up_since_ = now_;
    waiting_since_.clear();
    ++stats_.connects;
    outputs_.push_back(status_output{relay_status::up, reason_});
    ping(now_, config_.pong_timeout);  // tells the round trip
    wish_to_write();
}

void relay_client_state::received(std::span<std::uint8_t> bytes, time_point now) {
    now_ = now;
    if (!is_connected()) return;
    last_received_ = now;
    sent_at_ = no_deadline;
    reader_.feed(bytes);
}

/// Messages are read as they are asked for: a datagram's bytes stay where they came.
std::optional<client_output> relay_client_state::poll_output() {
    while (outputs_.empty() && is_connected()) {
        const auto message = reader_.poll();
        if (message) {
            read_message(*message);
            continue;
        }
        if (reader_.fault() == wire::websocket_fault::none) break;
        fail(down_reason::violation);
    }
    if (outputs_.empty()) return {};
    client_output next = std::move(outputs_.front());
    outputs_.pop_front();
    return next;
}

void relay_client_state::read_message(const wire::websocket_message& message) {
    switch (message.opcode) {
    case websocket_opcode::binary:
        if (phase_ == phase::up) return on_frame(message.data);
        return on_handshake(message.data);
    case websocket_opcode::ping:
        return send_control(websocket_opcode::pong, message.data);
    case websocket_opcode::close:
        return fail(down_reason::closed);
    case websocket_opcode::text:
    case websocket_opcode::pong:
    case websocket_opcode::continuation:
        return;
    }
}

void relay_client_state::on_handshake(std::span<std::uint8_t> message) {
    const auto frame = decode_handshake_frame(message);
    if (!frame) return fail(down_reason::violation);
    if (const auto* const asked = std::get_if<challenge>(&*frame)) {
        ++stats_.challenges;
        return send_control(websocket_opcode::binary, sign_challenge(key_, *asked));
    }
    if (std::holds_alternative<confirmed>(*frame)) return become_up();
    outputs_.push_back(notice_output{std::get<refused>(*frame).reason.substr(0, notice_max)});
    fail(down_reason::denied);
}

void relay_client_state::on_frame(std::span<std::uint8_t> message) {
    const auto frame = decode_server_frame(message, version_);
    if (!frame) return fail(down_reason::violation);
    if (const auto* const datagrams = std::get_if<datagrams_frame>(&*frame)) {
        on_datagrams(*datagrams);
    } else if (const auto* const gone = std::get_if<gone_frame>(&*frame)) {
        if (const auto peer = check_peer(gone->peer)) outputs_.push_back(gone_output{*peer});
    } else if (const auto* const asked = std::get_if<ping_frame>(&*frame)) {
        send_control(websocket_opcode::binary, encode(pong_frame{asked->data}).view());
    } else if (const auto* const answer = std::get_if<pong_frame>(&*frame)) {
        if (ping_sent_ == no_deadline || answer->data != ping_) return;
        latency_ = now_ - ping_sent_;
        ping_sent_ = pong_by_ = no_deadline;
    } else if (const auto* const restart = std::get_if<restarting_frame>(&*frame)) {
        restart_in_ = std::min(restart->reconnect_in, config_.retry_max);
    } else if (const auto* const status = std::get_if<status_frame>(&*frame)) {
        on_status(status->value);
    } else {
        const auto text = std::get<health_frame>(*frame).text;
        outputs_.push_back(notice_output{std::string(text.substr(0, notice_max))});
    }
}

/// From whom is the relay's word. One that is no key at all is worth no more than the datagram.
void relay_client_state::on_datagrams(const datagrams_frame& frame) {
    if (frame.data.empty()) return;
    const auto peer = check_peer(frame.peer);
    if (!peer) return fail(down_reason::violation);
    ++stats_.datagrams_received;
    stats_.bytes_received += frame.data.size();
    const std::size_t segment = frame.segment_size == 0 ? frame.data.size() : frame.segment_size;
    const auto ecn = static_cast<std::uint8_t>(frame.ecn & 3);
    outputs_.push_back(datagrams_output{*peer, ecn, frame.data, segment});
}

void relay_client_state::on_status(std::uint8_t value) {
    if (value == status_frame::healthy) is_superseded_ = false;
    if (value == status_frame::same_id_connected) is_superseded_ = true;
    if (value == status_frame::rate_limited) ++stats_.rate_limited;
}

std::optional<identity::endpoint_id> relay_client_state::check_peer(const peer_bytes& bytes) {
    return identity::endpoint_id::from_bytes(bytes);
}

bool relay_client_state::send(
    const identity::endpoint_id& peer,
    std::uint8_t ecn,
    bytes_view data,
    std::size_t segment_size,
    time_point now
) {
    constexpr std::size_t segment_max = std::numeric_limits<std::uint16_t>::max();
    if (phase_ != phase::up)
        now_ = now;
    else
        sent_at_ = std::min(sent_at_, now);
    const bool is_single = data.size() <= segment_size;
    const std::size_t longest = is_single ? data.size() : segment_size;
    if (phase_ == phase::stopped) return true;
    if (longest == 0 || longest > std::min(datagrams_max, segment_max)) {
        ++stats_.dropped_size;
        return true;
    }
    const std::size_t chunk = is_single ? longest : datagrams_max / segment_size * segment_size;
    for (std::size_t at = 0; at < data.size(); at += chunk)
        queue_datagrams(
            peer,
            ecn,
            data.subspan(at, std::min(chunk, data.size() - at)),
            segment_size,
            now
        );
    wish_to_write();
    if (is_crowded(2)) is_sender_waiting_ = true;
    return !is_sender_waiting_;
}

void relay_client_state::queue_datagrams(
    const identity::endpoint_id& peer,
    std::uint8_t ecn,
    bytes_view data,
    std::size_t segment_size,
    time_point now
) {
    const bool is_single = data.size() <= segment_size;
    const auto segment = is_single ? std::uint16_t{0} : static_cast<std::uint16_t>(segment_size);
    const frame_head head = head_to_relay(peer.bytes(), ecn, segment);
    const bool has_room =
        datagrams_.make_room(data.size() + head.size + wire::websocket_header_max);
    const auto pushed_out = datagrams_.take_dropped().frames;
    stats_.dropped_full += pushed_out + (has_room ? 0 : 1);
    if (has_room) {
        wire::append_websocket_frame(
            datagrams_.open(),
            websocket_opcode::binary,
            {head.view(), data},
            mask()
        );
        datagrams_.close(static_cast<std::uint32_t>(data.size()));
    }
    if (phase_ == phase::up) return;
    if (has_room) waiting_since_.push_back(now);
    while (waiting_since_.size() > datagrams_.frames())
        waiting_since_.pop_front();
}

bool relay_client_state::is_crowded(std::size_t divisor) const noexcept {
    return datagrams_.bytes() > config_.queue_bytes_max / divisor
           || datagrams_.frames() > config_.queue_frames_max / divisor;
}

void relay_client_state::note_room() {
    if (is_sender_waiting_ && !is_crowded(4)) {
        is_sender_waiting_ = false;
        outputs_.push_back(writable_output{});
    }
}

void relay_client_state::send_control(websocket_opcode opcode, bytes_view payload) {
    if (!control_.make_room(payload.size() + wire::websocket_header_max)) return;
    wire::append_websocket_frame(control_.open(), opcode, {payload}, mask());
    control_.close(0);
    wish_to_write();
}

void relay_client_state::wish_to_write() {
    if (is_write_told_ || outgoing().empty()) return;
    is_write_told_ = true;
    outputs_.push_back(write_output{});
}

/// A frame that is begun is finished, then control goes first.
bytes_view relay_client_state::outgoing() const noexcept {
    if (!is_connected()) return {};
    if (!control_.empty() && !datagrams_.is_in_frame()) return control_.waiting();
    if (phase_ != phase::up || datagrams_.empty()) return {};
    return control_.empty() ? datagrams_.waiting() : datagrams_.rest_of_first();
}

void relay_client_state::taken(std::size_t count) {
    if (count == 0 || !is_connected()) return;
    auto& queue = !control_.empty() && !datagrams_.is_in_frame() ? control_ : datagrams_;
    queue.take(count);
    const auto written = datagrams_.take_written();
    stats_.datagrams_sent += written.frames;
    stats_.bytes_sent += written.weight;
    if (outgoing().empty()) is_write_told_ = false;
    note_room();
}

/// Peers answer most of what they get: that nothing comes makes the relay suspect long before it is
/// asked because nobody had anything to say.
time_point relay_client_state::ping_at() const noexcept {
    const time_point calm = last_received_ + config_.ping_interval;
    return sent_at_ == no_deadline ? calm : std::min(calm, sent_at_ + config_.answer_wait);
}

void relay_client_state::ping(time_point now, duration timeout) {
    const std::uint64_t random = random_.next();
    std::memcpy(ping_.data(), &random, sizeof random);
    ping_sent_ = now;
    pong_by_ = now + timeout;
    sent_at_ = no_deadline;
    send_control(websocket_opcode::binary, encode(ping_frame{ping_}).view());
}

std::optional<time_point> relay_client_state::next_deadline() const noexcept {
    time_point next = due_;
    if (phase_ == phase::up) next = ping_sent_ == no_deadline ? ping_at() : pong_by_;
    if (!waiting_since_.empty())
        next = std::min(next, waiting_since_.front() + config_.stale_after);
    if (next == no_deadline) return {};
    return next;
}

void relay_client_state::handle_deadline(time_point now) {
    now_ = now;
    drop_stale(now);
    if (phase_ == phase::up) {
        if (ping_sent_ != no_deadline && now >= pong_by_) {
            // Whoever sends is there: the answer waits behind what it sends.
            if (last_received_ <= ping_sent_) return fail(down_reason::silent);
            ping_sent_ = pong_by_ = no_deadline;
        }
        if (ping_sent_ != no_deadline || now < ping_at()) return;
        const bool is_suspect = sent_at_ != no_deadline;
        return ping(
            now,
            is_suspect ? std::max(config_.answer_wait, hurried_pong_timeout())
                       : config_.pong_timeout
        );
    }
    if (due_ == no_deadline || now < due_) return;
    if (phase_ == phase::waiting) return attempt_now(now);
    fail(down_reason::timed_out);
}

void relay_client_state::drop_stale(time_point now) {
    while (!waiting_since_.empty() && waiting_since_.front() + config_.stale_after <= now) {
        waiting_since_.pop_front();
        datagrams_.drop_oldest();
    }
    stats_.dropped_stale += datagrams_.take_dropped().frames;
    note_room();
}

relay_status relay_client_state::status() const noexcept {
    switch (phase_) {
    case phase::idle:
    case phase::waiting:
        return relay_status::down;
    case phase::connecting:
    case phase::authenticating:
        return relay_status::connecting;
    case phase::up:
        return relay_status::up;
    case phase::stopped:
        break;
    }
    return relay_status::stopped;
}

wire::websocket_mask relay_client_state::mask() noexcept {
    wire::websocket_mask out{};
    const std::uint64_t random = random_.next();
    std::memcpy(out.data(), &random, out.size());
    return out;
}

void relay_client_state::check_invariants() const {
    MH_ASSERT(datagrams_.bytes() <= config_.queue_bytes_max, "datagrams are bounded");
    MH_ASSERT(datagrams_.frames() <= config_.queue_frames_max, "in number, too");
    MH_ASSERT(control_.bytes() <= config_.control_bytes_max, "control is bounded");
    MH_ASSERT(reader_.held() <= message_max + 139, "what is not whole is bounded");
    if (phase_ == phase::up) MH_ASSERT(waiting_since_.empty(), "nothing is stale when it is up");
    if (phase_ != phase::up)
        MH_ASSERT(waiting_since_.size() == datagrams_.frames(), "each frame has its time");
    if (phase_ != phase::idle && phase_ != phase::stopped)
        MH_ASSERT(next_deadline().has_value(), "it is never stuck");
    if (phase_ == phase::idle || phase_ == phase::stopped)
        MH_ASSERT(control_.empty(), "nobody to answer");
}

}  // namespace meshhost::relay::proto
