// SPDX-License-Identifier: Apache-2.0
#include "peers/proto/loss_judge.hpp"

#include <algorithm>
#include <utility>

namespace meshhost::peers::proto {

using identity::endpoint_id;

namespace {

std::string words_of(const loss_table::verdict& lost) {
    if (lost.reporters.empty()) return "believed to be lost by " + lost.told_by.short_text();
    std::string words = "lost by";
    for (const auto& reporter : lost.reporters)
        words += " " + reporter.short_text();
    return words;
}

}  // namespace

loss_judge::loss_judge(
    identity::secret_key key,
    peer_registry& registry,
    const std::vector<endpoint_id>& neighbors,
    const config& options
)
    : key_(std::move(key))
    , registry_(registry)
    , neighbors_(neighbors)
    , options_(options)
    , losses_(options) {}

// --- inputs ---

void loss_judge::join(time_point now) {
    is_joined_ = true;
    lease_check_at_ = now + options_.lease_check;
}

void loss_judge::neighbor_up(const endpoint_id& peer, bool was_alone, time_point now) {
    if (was_alone) own_losses_.forget_all();
    acquit(peer);
    registry_.met(peer, now);
}

void loss_judge::neighbor_down(const endpoint_id& peer, bool is_lost, time_point now) {
    if (is_lost) report_loss(peer, {}, now);
    if (neighbors_.empty()) own_losses_.put_off(now + options_.cut_off_wait);
}

bool loss_judge::report_loss(const endpoint_id& peer, const std::string& evidence, time_point now) {
    const peer_entry* const known = registry_.find(peer);
    const bool is_here = known != nullptr && known->digest && !is_gone(known->state);
    if (!is_joined_ || !is_here || known->connected) return false;
    const duration wait = neighbors_.empty() ? options_.cut_off_wait : options_.loss_hold;
    return own_losses_.add({peer, known->digest->number(), evidence, now + wait});
}

void loss_judge::acquit(const endpoint_id& peer) {
    losses_.forget(peer);
    own_losses_.forget(peer);
    std::erase_if(reports_, [&peer](const loss_report& report) { return report.subject == peer; });
}

bool loss_judge::is_near(const peer_entry& entry) const {
    return entry.connected
           || std::find(neighbors_.begin(), neighbors_.end(), entry.id) != neighbors_.end();
}

bool loss_judge::is_news(const loss_report& report) const {
    const peer_entry* const known = registry_.find(report.subject);
    const bool is_alive = known != nullptr && known->digest && !is_gone(known->state);
    return is_alive && !is_near(*known) && report.version >= known->digest->number();
}

void loss_judge::take_report(const loss_report& report, time_point now) {
    if (is_news(report)) losses_.add(report, registry_.size(), now);
}

void loss_judge::take_hearsay(const loss_report& report, time_point now) {
    if (is_news(report)) losses_.add_hearsay(report, registry_.size(), now);
}

// --- what follows ---

std::optional<loss_report> loss_judge::poll_report() {
    if (reports_.empty()) return std::nullopt;
    const loss_report next = reports_.back();
    reports_.pop_back();
    return next;
}

void loss_judge::handle_deadline(time_point now) {
    while (const auto lost = own_losses_.take_due(now))
        conclude(*lost, now);
    while (const auto lost = losses_.take_lost(now))
        bury(*lost, now);
    if (now >= lease_check_at_) check_leases(now);
}

/// It stayed away. The end of its own connection is proof enough for us, and so is it that nobody
/// is left who could know better.
void loss_judge::conclude(const own_loss& lost, time_point now) {
    const loss_report report{lost.peer, lost.version, key_.id()};
    if (!is_news(report)) return;
    if (reports_.size() < losses_max) reports_.push_back(report);
    if (!lost.evidence.empty())
        registry_.unreachable(lost.peer, peer_state::dead, lost.evidence, now);
    else if (neighbors_.empty())
        registry_.unreachable(lost.peer, peer_state::dead, "lost with all neighbours", now);
    else
        take_report(report, now);
}

void loss_judge::bury(const loss_table::verdict& lost, time_point now) {
    const peer_entry* const known = registry_.find(lost.peer);
    const bool is_meant = known != nullptr && known->digest && !is_near(*known)
                          && known->digest->number() <= lost.version && !is_gone(known->state);
    if (is_meant) registry_.unreachable(lost.peer, peer_state::dead, words_of(lost), now);
}

void loss_judge::check_leases(time_point now) {
    lease_check_at_ = now + options_.lease_check;
    std::vector<endpoint_id> expired;
    registry_.for_each([&](const peer_entry& entry) {
        const bool is_hearsay = entry.digest && !is_near(entry) && !is_gone(entry.state);
        if (is_hearsay && entry.last_heard && now - *entry.last_heard > options_.lease)
            expired.push_back(entry.id);
    });
    for (const auto& peer : expired)
        registry_.unreachable(peer, peer_state::dead, "its lease ran out", now);
}

std::optional<time_point> loss_judge::next_deadline() const {
    if (!is_joined_) return std::nullopt;
    time_point earliest = lease_check_at_;
    for (const auto& due : {losses_.next_deadline(), own_losses_.next_deadline()})
        earliest = std::min(earliest, due.value_or(earliest));
    return earliest;
}

}  // namespace meshhost::peers::proto
