// SPDX-License-Identifier: Apache-2.0
// The control stream: what is said, and what the peer's words do.
#include "nat/proto/punch_errc.hpp"
#include "nat/proto/puncher.hpp"

#include <algorithm>
#include <utility>

namespace meshhost::nat::proto {

void puncher::say(const control_frame& frame) {
    byte_buffer bytes;
    append_frame(bytes, frame);
    push(send_control{std::move(bytes)});
}

void puncher::say_hello() {
    say(hello_frame{punch_version, own_traits_});
}

/// The server's addresses, as far as the client does not have them.
void puncher::offer() {
    if (is_client()) return;
    byte_buffer frames;
    const candidate_set offered = own_traits_.relay_only ? candidate_set{} : own_;
    if (offered_.update(offered, frames)) push(send_control{std::move(frames)});
}

void puncher::receive_control(bytes_view bytes, time_point now) {
    if (is_closed_) return;
    control_.feed(bytes);
    while (const auto frame = control_.poll())
        if (!take(*frame, now)) return;
    if (control_.error()) {
        refuse(control_.error());
        return;
    }
    // Once for all that came at once: a server's whole offer is one change.
    if (std::exchange(has_changed_, false) && is_client()) restart(cause::peers, now);
    report();
}

/// False: the stream is over.
bool puncher::refuse(error_code why) {
    push(peer_broke_rule{why});
    control_closed({});
    return false;
}

bool puncher::take(const control_frame& frame, time_point now) {
    const auto* const hello = std::get_if<hello_frame>(&frame);
    if (hello != nullptr) return take_hello(*hello, now);
    if (!has_hello_) return refuse(punch_errc::unknown_version);
    if (const auto* const ok = std::get_if<probe_ok_frame>(&frame)) return take_probe_ok(*ok, now);
    if (const auto* const out = std::get_if<reach_out_frame>(&frame)) {
        return is_client() ? refuse(punch_errc::wrong_direction) : take_reach_out(*out, now);
    }
    if (!is_client()) return refuse(punch_errc::wrong_direction);
    const auto* const added = std::get_if<add_address_frame>(&frame);
    const bool has_changed =
        added != nullptr ? told_.apply(*added) : told_.apply(std::get<remove_address_frame>(frame));
    if (!has_changed) return true;
    peers_ = told_.set();
    has_changed_ = true;
    if (round_ && added != nullptr) {
        round_->add_target(added->address);
        ask(now);
    }
    return true;
}

/// A hello that says nothing new is news, too: the peer's network is another.
bool puncher::take_hello(const hello_frame& frame, time_point now) {
    // The client's first round is to be expected.
    if (!is_client() && !has_hello_) next_round_ = now + peer_round_timeout;
    has_hello_ = true;
    hello_until_ = no_deadline;
    peer_traits_ = frame.traits;
    has_changed_ = true;
    return true;
}

bool puncher::take_reach_out(const reach_out_frame& frame, time_point now) {
    if (frame.round <= round_number_) return true;  // late, or a client that counts wrong
    round_number_ = frame.round;
    peers_.clear();
    for (const candidate& one : frame.addresses)
        peers_.add(one);
    attempt_ = std::min(frame.attempt, frame.attempts);
    peer_attempts_ = frame.attempts;
    next_round_ = no_deadline;
    move_.reset();
    round_.reset();
    if (why_not()) return true;
    if (!peer_rounds_.take(now)) return true;  // too fast: this round is the client's alone
    ++counts_.rounds;
    is_move_failed_ = false;
    round_.emplace(frame.round, peers_.all(), now);
    ask(now);
    return true;
}

bool puncher::take_probe_ok(const probe_ok_frame& frame, time_point now) {
    if (!round_ || round_->number() != frame.round) return true;
    if (is_client()) {
        if (const auto* const path = round_->peer_confirms(frame.address)) verified(*path, now);
        return true;
    }
    // The client has chosen: no more probes, and soon its packets come from somewhere else.
    round_->stop();
    move_ = move{{}, frame.address, now + peer_move_timeout};
    return true;
}

}  // namespace meshhost::nat::proto
