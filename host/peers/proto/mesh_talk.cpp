// SPDX-License-Identifier: Apache-2.0
#include "peers/proto/mesh_talk.hpp"

#include "peers/proto/signed_digest.hpp"

#include <algorithm>
#include <utility>
#include <variant>

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
    prng random
)
    : key_(std::move(key))
    , self_(self)
    , registry_(registry)
    , options_(options)
    , random_(random)
    , pace_(options)
    , verifications_(options.verifications_per_second, options.verifications_burst)
    , judge_(key_, registry, neighbors_, options)
    , sync_wait_(options.sync_first) {}

// --- inputs ---

void mesh_talk::join(time_point now) {
    is_joined_ = true;
    judge_.join(now);
}

void mesh_talk::neighbor_up(const endpoint_id& peer, time_point now) {
    if (contains(neighbors_, peer)) return;
    // What was broadcast without a neighbour nobody got; whoever was not there compares.
    const bool was_alone = neighbors_.empty();
    is_overdue_ = is_overdue_ || was_alone;
    neighbors_.push_back(peer);
    judge_.neighbor_up(peer, was_alone, now);
    if (key_.id() < peer) want_sync(peer);
    compare_soon(now);
}

void mesh_talk::neighbor_down(const endpoint_id& peer, bool is_lost, time_point now) {
    std::erase(neighbors_, peer);
    judge_.neighbor_down(peer, is_lost, now);
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

void mesh_talk::receive(bytes_view content, time_point now) {
    const auto message = read_mesh_message(content);
    if (!message) return;
    if (const auto* const announced = std::get_if<announced_record>(&*message)) {
        if (is_news(announced->record) && verifications_.take(now)) accept(announced->record, now);
        return;
    }
    const auto& loss = std::get<announced_loss>(*message);
    const peer_entry* const reporter = registry_.find(loss.report.reporter);
    const bool is_of_us = loss.report.subject == key_.id();
    const bool is_heeded = is_of_us || (reporter != nullptr && !is_gone(reporter->state));
    if (!is_heeded || !is_news(loss.report) || !verifications_.take(now)) return;
    if (!is_genuine(loss)) return;
    if (is_of_us) return contradict();
    judge_.take_report(loss.report, now);
}

bool mesh_talk::take_record(bytes_view record, time_point now) {
    return is_news(record) && accept(record, now);
}

/// By what it says of itself: only a newer one is worth the look at its signature.
bool mesh_talk::is_news(bytes_view record) const {
    if (record.size() < signature_size || record.size() > record_size_max) return false;
    const bytes_view body = record.first(record.size() - signature_size);
    const auto origin = digest_origin(body);
    const auto number = digest_number(body);
    if (!origin || !number) return false;
    if (*origin == key_.id()) return *number > self_.digest().number();
    const peer_entry* const known = registry_.find(*origin);
    return known == nullptr || !known->digest || *number > known->digest->number();
}

/// An origin pays for what it signed: nobody else can spend what its connection lives by.
bool mesh_talk::accept(bytes_view record, time_point now) {
    const auto digest = open_digest(record);
    if (!digest || digest->mesh != self_.digest().mesh) return false;
    if (digest->origin == key_.id()) {
        is_overdue_ = self_.overrule(digest->number()) || is_overdue_;
        return false;
    }
    if (!registry_.take_token(digest->origin, now)) return false;
    const auto verdict = registry_.offer(*digest, record, peer_registry::source::mesh, now);
    if (verdict != peer_registry::verdict::newest) return false;
    acquit(digest->origin);
    return true;
}

bool mesh_talk::is_news(const loss_report& report) const {
    // We live: a newer record says so. One is enough for all reports of the older.
    if (report.subject == key_.id())
        return report.version >= self_.digest().number() && !self_.is_changed();
    return judge_.is_news(report);
}

void mesh_talk::take_hearsay(const loss_report& report, time_point now) {
    if (report.subject != key_.id()) return judge_.take_hearsay(report, now);
    if (is_news(report)) contradict();
}

void mesh_talk::contradict() {
    self_.assert_anew();
    is_overdue_ = true;
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
    if (!is_joined_) return std::nullopt;
    if (const auto due = announce_due(); due && *due <= now) return announce(now);
    if (!neighbors_.empty()) {
        if (const auto report = judge_.poll_report())
            return broadcast_output{make_loss_message(key_, *report), true};
    }
    if (syncs_.empty()) return std::nullopt;
    const endpoint_id peer = syncs_.back();
    syncs_.pop_back();
    return sync_output{peer};
}

std::optional<time_point> mesh_talk::announce_due() const {
    if (neighbors_.empty()) return std::nullopt;
    const bool is_news =
        !announced_ || is_overdue_ || self_.is_changed() || *announced_ != self_.digest().number();
    if (!is_news) return refresh_at_;
    const node_state state = self_.digest().state;
    if (!announced_ || state == node_state::left) return time_point{};  // there may be no later
    const time_point merged = announced_at_ + options_.record_gap;
    if (state != announced_state_) return merged;  // never held back
    return std::max(merged, pace_.free_at());
}

peers_output mesh_talk::announce(time_point now) {
    const bool is_again = announced_ == self_.digest().number() && !self_.is_changed();
    if (is_again) self_.assert_anew();  // the same bytes would go nowhere
    const node_state state = self_.digest().state;
    broadcast_output out{make_record_message(self_.sign(now)), state != announced_state_};
    announced_ = self_.digest().number();
    announced_state_ = state;
    announced_at_ = now;
    refresh_at_ = now + jittered(options_.refresh_interval);
    is_overdue_ = false;
    pace_.spend(now);
    return out;
}

void mesh_talk::handle_deadline(time_point now) {
    judge_.handle_deadline(now);
    if (now >= sync_at_) {
        sync_wait_ = std::min(sync_wait_ * 2, options_.sync_last);
        sync_at_ = now + jittered(sync_wait_);
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
        const bool is_ours = entry.digest && entry.state != peer_state::refused;
        if (is_ours)
            all.push_back({entry.id, entry.digest->number(), entry.state == peer_state::dead});
    });
    // Before the first signing there is no record of ours.
    if (self_.record().empty()) return all;
    const sync_entry mine{key_.id(), self_.digest().number(), false};
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
