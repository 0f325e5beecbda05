// SPDX-License-Identifier: Apache-2.0
#include "peers/proto/digest_link.hpp"

#include "base/assert.hpp"

#include <algorithm>
#include <utility>

namespace meshhost::peers::proto {

digest_link::digest_link(link_id id, const identity::endpoint_id& peer, const config& options)
    : id_(id)
    , peer_(peer)
    , options_(options)
    , frames_taken_(options.frames_taken_per_second, options.frames_taken_burst)
    , pace_(options) {}

void digest_link::dial() {
    phase_ = link_phase::dialling;
    is_dialled_ = true;
    is_dial_pending_ = true;
}

void digest_link::accept(time_point now) {
    phase_ = link_phase::accepted;
    opened_ = now;
}

void digest_link::become_ready(const std::optional<ip_endpoint>& remote, time_point now) {
    MH_ASSERT(
        phase_ == link_phase::dialling || phase_ == link_phase::accepted,
        "a link becomes ready once"
    );
    if (phase_ == link_phase::dialling) opened_ = now;
    phase_ = link_phase::ready;
    is_dial_pending_ = false;
    remote_ = remote;
}

void digest_link::become_closing(close_code code, std::string reason) {
    phase_ = link_phase::closing;
    closed_with_ = code;
    closed_because_ = std::move(reason);
}

std::optional<digest_message> digest_link::poll_message(time_point now) {
    if (fault_ != close_code::unspecified) return std::nullopt;
    const auto next = frames_.poll();
    if (!next) {
        if (frames_.error()) fault_ = close_code::bad_frame;
        return std::nullopt;
    }
    if (!frames_taken_.take(now)) {
        fault_ = close_code::too_fast;
        return std::nullopt;
    }
    const auto message = read_message(*next);
    if (!message) {
        fault_ = close_code::bad_frame;
        return std::nullopt;
    }
    return *message;
}

void digest_link::acknowledged(const digest_version& version) {
    if (sent_ && version >= *sent_) is_heard_ = true;
}

std::optional<byte_buffer> digest_link::poll_frame(self_record& self, time_point now) {
    if (phase_ != link_phase::ready || blocked_) return std::nullopt;
    if (!record_owed_.empty()) return make_record_frame(std::exchange(record_owed_, byte_buffer{}));
    if (heard_owed_) return make_heard_frame(*std::exchange(heard_owed_, std::nullopt));
    const auto due = record_due(self);
    if (!due || *due > now) return std::nullopt;
    return make_record(self, now);
}

std::optional<time_point> digest_link::record_due(const self_record& self) const {
    if (!sent_) return time_point{};
    if (!is_heard_ || is_settled(self)) return std::nullopt;
    const time_point merged = sent_at_ + options_.record_gap;
    if (self.digest().state != sent_state_) return merged;  // never held back
    const time_point paced = std::max(merged, pace_.free_at());
    const bool is_signed = sent_ != self.digest().number();  // for somebody else
    return is_signed ? paced : std::max(paced, self.due().value_or(paced));
}

byte_buffer digest_link::make_record(self_record& self, time_point now) {
    const byte_buffer& record =
        sent_ ? self.sign_due(now) : self.sign_fresh(now, options_.record_fresh);
    sent_ = self.digest().number();
    sent_state_ = self.digest().state;
    sent_at_ = now;
    is_heard_ = false;
    pace_.spend(now);
    return make_record_frame(record);
}

bool digest_link::is_settled(const self_record& self) const {
    return is_heard_ && sent_ == self.digest().number() && !self.is_changed();
}

std::optional<time_point> digest_link::next_deadline(const self_record& self) const {
    if (phase_ != link_phase::accepted && phase_ != link_phase::ready) return std::nullopt;
    std::optional<time_point> earliest;
    const auto consider = [&earliest](time_point at) {
        earliest = earliest ? std::min(*earliest, at) : at;
    };
    if (!incarnation_) consider(opened_ + options_.record_wait);
    if (!is_heard_) consider(sent_at_ + options_.heard_wait);
    if (const auto due = record_due(self); due && phase_ == link_phase::ready && !blocked_)
        consider(*due);
    return earliest;
}

close_code digest_link::overdue(time_point now) const {
    if (phase_ != link_phase::accepted && phase_ != link_phase::ready)
        return close_code::unspecified;
    if (!incarnation_ && now >= opened_ + options_.record_wait) return close_code::silent;
    if (!is_heard_ && now >= sent_at_ + options_.heard_wait) return close_code::unresponsive;
    return close_code::unspecified;
}

}  // namespace meshhost::peers::proto
