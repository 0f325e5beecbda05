// SPDX-License-Identifier: Apache-2.0
// Announcing, together what can wait.
#include "gossip/proto/plumtree.hpp"

#include <algorithm>
#include <array>

namespace meshhost::gossip::proto {

using identity::content_hash;

namespace {

/// Of announcements, oldest first; the last one that there is room for counts for the rest, so it
/// is the youngest's.
class age_list {
public:
    template <class Announcements>
    age_list(const Announcements& of, time_point now) {
        for (const auto& one : of) {
            size_ = std::min(size_ + 1, ages_.size());
            const auto units = std::clamp<duration::rep>((now - one.since) / age_unit, 0, 255);
            ages_[size_ - 1] = static_cast<std::uint8_t>(units);
        }
    }

    /// Empty when none was held for long.
    bytes_view view() const noexcept {
        return ages_[0] == 0 ? bytes_view{} : bytes_view(ages_).first(size_);
    }

private:
    std::array<std::uint8_t, ages_max> ages_{};
    std::size_t size_ = 0;
};

}  // namespace

void plumtree::announce(neighbor& to, const announcement& what, urgency how, time_point now) {
    if (announced_ >= options_.limit.announced) {
        for (neighbor& one : neighbors_)
            announce_now(one, now);
    }
    const time_point due = now + announce_delay(to, what, how);
    to.announced.push_back({what, now, due});
    ++announced_;
    to.announce_at = std::min(to.announce_at, due);
}

duration plumtree::announce_delay(const neighbor& to, const announcement& what, urgency how) const {
    const broadcast_config& o = options_.broadcast;
    if (is_timely(what.id, how)) return o.announce_delay;
    const duration least = how == urgency::low ? o.announce_delay_low : o.announce_delay;
    return o.holds_announcements ? std::max(first_wait(to.id), least) : least;
}

void plumtree::announce_now(neighbor& to, time_point now) {
    std::span<const pending_announcement> left = to.announced;
    while (!left.empty()) {
        const auto part = left.first(std::min(left.size(), announcements_max));
        ihave_message m;
        for (const pending_announcement& one : part)
            m.items.push_back(one.what);
        const age_list ages(part, now);
        extension after;
        if (options_.broadcast.holds_announcements) after.ages = ages.view();
        sink_.send_repair(to.id, m, after);
        left = left.subspan(part.size());
    }
    announced_ -= to.announced.size();
    to.announced.clear();
    to.announce_at = no_deadline;
}

/// It has the message.
void plumtree::retract(neighbor& from, const content_hash& id) {
    if (!options_.broadcast.holds_announcements) return;
    const auto at = std::find_if(
        from.announced.begin(),
        from.announced.end(),
        [&](const pending_announcement& one) { return one.what.id == id; }
    );
    if (at == from.announced.end()) return;
    from.announced.erase(at);
    --announced_;
    from.announce_at = no_deadline;
    for (const pending_announcement& one : from.announced)
        from.announce_at = std::min(from.announce_at, one.due);
}

}  // namespace meshhost::gossip::proto
