// SPDX-License-Identifier: Apache-2.0
#include "gossip/proto/config.hpp"

namespace meshhost::gossip::proto {

config config::for_tier(tier which) {
    config out;
    membership_config& views = out.membership;
    switch (which) {
    case tier::edge:
        break;
    case tier::hub:
        views.active_max = 10;  // a guess between 8 and 12
        views.own_choice_quota = 4;
        views.passive_max = 60;
        break;
    case tier::leaf:
        views.active_max = 3;
        views.own_choice_quota = 1;
        out.heal.extra_links = 1;
        break;
    case tier::observer:
        views.active_max = 2;
        views.is_observer = true;
        out.heal.extra_links = 0;
        out.shuffle.mixes = 0;  // nobody reaches anybody through it
        break;
    }
    return out;
}

config config::upstream() {
    config out;
    membership_config& views = out.membership;
    views.dial_patience = views.request_timeout;
    views.refusal_pause = {};
    views.counts_replies = true;
    views.times_every_request = false;
    views.drops_closed_reserve = true;
    views.refills_after_refusal = false;
    views.redials = false;
    views.corrects_strangers = false;
    views.own_choice_quota = 0;
    views.observers_max = 0;
    views.admissions_per_second = 0;
    views.prefix_share = 1;

    shuffle_config& shuffle = out.shuffle;
    shuffle.first_min = 60s;
    shuffle.first_max = 60s;
    shuffle.interval_min = 60s;
    shuffle.is_paced = false;
    shuffle.accepts_at_dead_end = false;
    shuffle.mixes = 0;

    broadcast_config& broadcast = out.broadcast;
    broadcast.adapts_grafts = false;
    broadcast.graft_first = 80ms;
    broadcast.graft_again_min = 40ms;
    broadcast.retries_grafts = false;
    broadcast.announce_delay_low = broadcast.announce_delay;
    broadcast.optimization_threshold = 6;
    broadcast.optimizes_by_time = false;
    broadcast.optimization_wins = 1;
    broadcast.holds_announcements = false;
    broadcast.elects_shapers = false;
    broadcast.grafts_branches_first = false;
    broadcast.floods_urgent = false;
    broadcast.members_only = false;
    broadcast.reaches_lazy = false;

    out.heal.rejoins = false;
    out.heal.probes = false;
    out.heal.extra_links = 0;
    out.link.idle_hold = 1s;
    out.limit.links = 1 << 20;  // as good as none, which is what it has
    out.limit.hearsay_dials = out.limit.links;
    return out;
}

}  // namespace meshhost::gossip::proto
