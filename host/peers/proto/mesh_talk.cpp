// SPDX-License-Identifier: Apache-2.0
#include "peers/proto/mesh_talk.hpp"

#include <algorithm>
#include <utility>

namespace meshhost::peers::proto {

using identity::endpoint_id;

namespace {

template <class Item>
bool contains(const std::vector<Item>& items, const Item& item) {
    return std::find(items.begin(), items.end(), item) != items.end();
}

}  // namespace

mesh_talk::mesh_talk(
    identity::secret_key key,
    self_record& self,
    peer_registry& registry,
    const config& options,
    prng random,
    record_verifier& verifier
)
    : key_(std::move(key))
    , self_(self)
    , registry_(registry)
    , options_(options)
    , random_(random)
    , verifier_(verifier)
    , announcer_(self, options, prng(random_.next()))
    , verifications_(options.verifications_per_second, options.verifications_burst)
    , judge_(self, registry, neighbors_, options)
    , shelf_(options.shelved_max)
    , sync_wait_(options.sync_first) {}

// --- inputs ---

void mesh_talk::join(time_point now) {
    is_joined_ = true;
    announcer_.join(now);
    judge_.join(now);
}

void mesh_talk::neighbor_up(const endpoint_id& peer, time_point now) {
    if (contains(neighbors_, peer)) return;
    // What was broadcast without a neighbour nobody got; whoever was not there compares.
    const bool was_alone = neighbors_.empty();
    if (was_alone) announcer_.doubted();
    neighbors_.push_back(peer);
    self_.set_neighbors(neighbors_);
    judge_.neighbor_up(peer, was_alone, now);
    if (key_.id() < peer) want_sync(peer);
    compare_soon(now);
}

void mesh_talk::neighbor_down(
    const endpoint_id& peer,
    bool is_lost,
    time_point now,
    loss_kind how
) {
    std::erase(neighbors_, peer);
    self_.set_neighbors(neighbors_);
    if (is_lost) judge_.report_loss(peer, {{}, how}, now);
    judge_.neighbor_down(now);
}

void mesh_talk::lagged(const std::vector<endpoint_id>& neighbors, time_point now) {
    // Those that came go first: nobody was without a neighbour.
    for (const auto& peer : neighbors)
        neighbor_up(peer, now);
    for (const auto& peer : std::vector(neighbors_))
        if (!contains(neighbors, peer)) neighbor_down(peer, false, now);
    if (neighbors_.empty()) return;
    want_sync(neighbors_[random_.below(neighbors_.size())]);
    compare_soon(now);
}

/// We live: a newer record says so. One is enough for all reports of the older.
bool mesh_talk::is_doubt(const loss_report& report) const {
    return report.subject == key_.id() && report.version >= self_.digest().number()
           && !announcer_.is_answering();
}

void mesh_talk::take_hearsay(const loss_report& report, time_point now) {
    if (report.subject != key_.id()) return judge_.take_hearsay(report, now);
    if (is_doubt(report)) contradict(now);
}

void mesh_talk::contradict(time_point now) {
    self_.assert_anew();
    announcer_.contradict(now);
}

void mesh_talk::sync_ended(bool had_news, time_point now) {
    if (had_news) compare_soon(now);
}

void mesh_talk::want_sync(const endpoint_id& peer) {
    if (syncs_.size() < options_.syncs_max && !contains(syncs_, peer)) syncs_.push_back(peer);
}

/// Never later than it was due: nobody can put off our comparisons.
void mesh_talk::compare_soon(time_point now) {
    sync_wait_ = options_.sync_first;
    sync_at_ = std::min(sync_at_, now + jittered(sync_wait_));
}

// --- what follows ---

std::optional<peers_output> mesh_talk::poll(time_point now) {
    self_.observe(now);
    if (!is_joined_) return std::nullopt;
    if (const auto due = announce_due(); due && *due <= now)
        return announcer_.announce(now, counts_);
    if (const auto peer = judge_.poll_check()) return check_output{*peer};
    if (!neighbors_.empty()) {
        if (const auto report = judge_.poll_report()) return say(make_loss_message(key_, *report));
        if (const auto query = judge_.poll_query()) return say(make_query_message(key_, *query));
    }
    if (syncs_.empty()) return std::nullopt;
    const endpoint_id peer = syncs_.back();
    syncs_.pop_back();
    return sync_output{peer};
}

peers_output mesh_talk::say(byte_buffer doubt) {
    ++counts_.losses_said;
    counts_.loss_bytes_said += doubt.size();
    return broadcast_output{std::move(doubt), true};
}

std::optional<time_point> mesh_talk::announce_due() const {
    if (neighbors_.empty()) return std::nullopt;
    return announcer_.due();
}

void mesh_talk::handle_deadline(time_point now) {
    judge_.handle_deadline(now);
    if (now >= sync_at_) {
        const duration next = std::max(sync_wait_ * options_.sync_growth, options_.sync_second);
        sync_wait_ = std::min(next, options_.sync_last);
        sync_at_ = now + jittered(sync_wait_);
        synced_at_ = now;
        if (shelf_.wants_another_round(options_.catch_up_rounds)) catch_up(now);
        if (!neighbors_.empty()) want_sync(neighbors_[random_.below(neighbors_.size())]);
    }
}

std::optional<time_point> mesh_talk::next_deadline() const {
    if (!is_joined_) return std::nullopt;
    time_point earliest = neighbors_.empty() ? no_deadline : sync_at_;
    for (const auto& due : {announce_due(), judge_.next_deadline()})
        earliest = std::min(earliest, due.value_or(earliest));
    return earliest;
}

/// A fifth sooner or later: hosts that started together do not stay in step.
duration mesh_talk::jittered(duration span) {
    return std::chrono::duration_cast<duration>(span * (0.8 + 0.4 * random_.unit()));
}

// --- what others may compare ---

std::vector<sync_entry> mesh_talk::entries() const {
    std::vector<sync_entry> all;
    all.reserve(registry_.size() + 1);
    registry_.for_each([&](const peer_entry& entry) {
        if (!entry.digest || entry.state == peer_state::refused) return;
        sync_entry listed{entry.id, entry.digest->number()};
        const bool has_left = entry.digest->state == node_state::left;
        // Nobody has its word of it, if it went without one.
        listed.is_lost =
            entry.state == peer_state::dead || (entry.state == peer_state::left && !has_left);
        listed.is_gone = listed.is_lost || has_left;
        all.push_back(listed);
    });
    // Before the first signing there is no record of ours.
    if (self_.record().empty()) return all;
    const sync_entry mine{key_.id(), self_.digest().number()};
    const auto place = std::find_if(all.begin(), all.end(), [&](const sync_entry& entry) {
        return mine.id < entry.id;
    });
    all.insert(place, mine);
    return all;
}

bytes_view mesh_talk::record_of(const endpoint_id& id) const {
    if (id == key_.id()) return self_.record();
    const peer_entry* const known = registry_.find(id);
    return known == nullptr ? bytes_view{} : bytes_view(known->record);
}

}  // namespace meshhost::peers::proto
