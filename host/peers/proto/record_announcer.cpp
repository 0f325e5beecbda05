// SPDX-License-Identifier: Apache-2.0
#include "peers/proto/record_announcer.hpp"

#include "peers/proto/mesh_message.hpp"

#include <algorithm>

namespace meshhost::peers::proto {

record_announcer::record_announcer(self_record& self, const config& options, prng random)
    : self_(self)
    , options_(options)
    , random_(random)
    , pace_(options)
    , contradictions_(options.contradictions_per_second, options.contradictions_burst) {}

/// Hosts that started together do not tick together.
void record_announcer::join(time_point now) {
    if (options_.emit_interval == duration{}) return;
    tick_at_ = now + std::chrono::duration_cast<duration>(options_.emit_interval * random_.unit());
}

void record_announcer::contradict(time_point now) noexcept {
    is_doubted_ = true;
    is_urgent_ = is_urgent_ || contradictions_.take(now);
}

std::optional<time_point> record_announcer::due() const {
    if (!announced_) return time_point{};
    const node_state state = self_.digest().state;
    const time_point merged = announced_at_ + options_.record_gap;
    if (state != announced_state_)  // never held back; of the last there may be no later
        return state == node_state::left ? time_point{} : merged;
    const time_point paced = std::max(merged, pace_.free_at());
    time_point earliest = std::min(refresh_at_, tick_at_);
    const auto consider = [&](time_point at) {
        earliest = std::min(earliest, std::max(at, paced));
    };
    if (is_doubted_) consider(paced);
    if (is_urgent_) earliest = std::min(earliest, merged);
    if (const auto at = self_.due()) consider(*at);
    const bool is_signed = *announced_ != self_.digest().number();  // for a link
    const bool is_other = self_.signed_revision() != announced_revision_;
    if (is_signed) consider(is_other ? paced : self_.signed_at() + options_.resigned_gap);
    return earliest;
}

broadcast_output record_announcer::announce(time_point now, mesh_counts& counts) {
    const bool is_again = announced_ == self_.digest().number() && !self_.is_changed();
    if (is_again) self_.assert_anew();  // the same bytes would go nowhere
    const byte_buffer& record = self_.sign(now);
    const auto delta = worthwhile_delta(now);
    const node_state state = self_.digest().state;
    broadcast_output out{
        delta ? make_delta_message(*delta) : make_record_message(record),
        state != announced_state_ || is_urgent_};
    if (!delta) {
        self_.rebase();
        whole_at_ = now;
    }
    ++(delta ? counts.deltas_said : counts.records_said);
    (delta ? counts.delta_bytes_said : counts.record_bytes_said) += out.content.size();
    announced_ = self_.digest().number();
    announced_revision_ = self_.signed_revision();
    announced_state_ = state;
    announced_at_ = now;
    const double spread = 0.8 + 0.4 * random_.unit();
    refresh_at_ = now + std::chrono::duration_cast<duration>(options_.refresh_interval * spread);
    is_doubted_ = false;
    is_urgent_ = false;
    pace_.spend(now);
    keep_ticking(now);
    return out;
}

/// nullopt: the whole record has to go, or is hardly larger.
std::optional<byte_buffer> record_announcer::worthwhile_delta(time_point now) const {
    const bool is_old = now - whole_at_ >= options_.refresh_interval;
    const bool is_clocked = options_.emit_interval != duration{};
    if (is_doubted_ || is_old || is_refresh_due(now) || is_clocked) return std::nullopt;
    auto delta = self_.delta();
    if (delta && 3 * delta->size() > 2 * self_.record().size()) return std::nullopt;
    return delta;
}

/// In step with the first tick, however late this one is.
void record_announcer::keep_ticking(time_point now) {
    if (now < tick_at_) return;
    const auto missed = (now - tick_at_) / options_.emit_interval;
    tick_at_ += (missed + 1) * options_.emit_interval;
}

}  // namespace meshhost::peers::proto
