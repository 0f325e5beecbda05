// SPDX-License-Identifier: Apache-2.0
#include "peers/proto/loss_judge.hpp"

#include <algorithm>
#include <utility>

namespace meshhost::peers::proto {

using identity::endpoint_id;

namespace {

template <class Item, class Where>
void add_bounded(std::vector<Item>& items, const Item& item, Where is_same) {
    if (items.size() < losses_max && std::none_of(items.begin(), items.end(), is_same))
        items.push_back(item);
}

template <class Item>
std::optional<Item> take_last(std::vector<Item>& items) {
    if (items.empty()) return std::nullopt;
    Item last = items.back();
    items.pop_back();
    return last;
}

}  // namespace

loss_judge::loss_judge(
    const self_record& self,
    peer_registry& registry,
    const std::vector<endpoint_id>& neighbors,
    const config& options
)
    : self_(self)
    , registry_(registry)
    , neighbors_(neighbors)
    , options_(options)
    , health_(options)
    , losses_(options)
    , own_losses_(options) {}

// --- what happens here ---

void loss_judge::join(time_point now) {
    is_joined_ = true;
    awake_since_ = now;
    lease_check_at_ = now + options_.lease_check_min;
}

/// After none at all nobody was lost but we. Whom we believed to be dead meanwhile, others are
/// told of: they know better.
void loss_judge::neighbor_up(const endpoint_id& peer, bool was_alone, time_point now) {
    acquit(peer);
    registry_.met(peer, "a neighbour in the gossip", now);
    if (!was_alone) return;
    auto cleared = own_losses_.forget_all();
    const auto withdrawn = losses_.withdraw(self_.digest().origin);
    cleared.insert(cleared.end(), withdrawn.begin(), withdrawn.end());
    std::erase_if(reports_, [this](const loss_report& report) {
        const peer_entry* const known = registry_.find(report.subject);
        return known == nullptr || known->state != peer_state::dead;
    });
    for (const auto& each : cleared)
        settle(each, now);
}

void loss_judge::neighbor_down(time_point now) {
    if (!neighbors_.empty()) return;
    // Those that went one after the other went together after all.
    const time_point until = now + options_.cut_off_wait;
    for (const auto& gone : losses_.withdraw(self_.digest().origin)) {
        const peer_entry* const known = registry_.find(gone);
        if (known == nullptr || !known->digest) continue;
        own_losses_.add({gone, known->digest->number(), known->evidence.words, {}, now, until});
    }
    own_losses_.put_off(until);
}

bool loss_judge::report_loss(const endpoint_id& peer, const lost_link& how, time_point now) {
    const peer_entry* const known = registry_.find(peer);
    const bool is_here = known != nullptr && known->digest && !is_gone(known->state);
    if (!is_joined_ || !is_here) return false;
    check(peer);  // it may have another connection, and that one the same fault
    if (known->connected) return false;
    const time_point not_before = neighbors_.empty() ? now + options_.cut_off_wait : now;
    const own_loss lost{
        peer,
        known->digest->number(),
        how.words,
        how.kind,
        now,
        not_before,
        is_confirmed(*known)};
    if (!own_losses_.add(lost)) return false;
    doubt(peer, now);
    return true;
}

/// Others lost it, too, and we hear them: it is not us who is cut off, and there is nothing to wait
/// for.
bool loss_judge::is_confirmed(const peer_entry& lost) const {
    const loss_table::doubt* const told = losses_.find(lost.id);
    return told != nullptr && !told->reporters.empty() && !neighbors_.empty() && !is_near(lost);
}

void loss_judge::acquit(const endpoint_id& peer) {
    losses_.forget(peer);
    own_losses_.forget(peer);
    const auto is_of_it = [&peer](const loss_report& report) { return report.subject == peer; };
    std::erase_if(reports_, is_of_it);
    std::erase_if(queries_, is_of_it);
}

void loss_judge::refute(const endpoint_id& peer, const digest_version& version) {
    counts_.refuted += losses_.refute(peer, version);
    own_losses_.refute(peer, version);
    const auto is_refuted = [&](const loss_report& report) {
        return report.subject == peer && report.version < version;
    };
    std::erase_if(reports_, is_refuted);
    std::erase_if(queries_, is_refuted);
}

void loss_judge::lagged(duration late, time_point now) {
    health_.lagged(late, now);
    patience_ = health_.patience(now);
    if (late >= options_.asleep_after) awake_since_ = now;
}

// --- what others say ---

bool loss_judge::is_near(const peer_entry& entry) const {
    return entry.connected
           || std::find(neighbors_.begin(), neighbors_.end(), entry.id) != neighbors_.end();
}

/// An observer carries nothing, so that nobody depends on what it sees.
bool loss_judge::is_heeded(const endpoint_id& reporter) const {
    const peer_entry* const known = registry_.find(reporter);
    return known != nullptr && known->digest && !is_gone(known->state)
           && known->digest->tier != node_tier::observer;
}

bool loss_judge::is_late(const loss_report& report) const {
    const peer_entry* const known = registry_.find(report.subject);
    return known != nullptr && known->digest && report.version < known->digest->number();
}

bool loss_judge::wants(const loss_report& report) {
    if (is_late(report)) {
        ++counts_.refuted;
        return false;
    }
    const peer_entry* const known = registry_.find(report.subject);
    const bool is_there = known != nullptr && known->digest && !is_gone(known->state);
    const loss_table::doubt* const held = losses_.find(report.subject);
    const bool is_known =
        held != nullptr && report.version <= held->version
        && std::find(held->reporters.begin(), held->reporters.end(), report.reporter)
               != held->reporters.end();
    const bool is_wanted = is_there && !is_known && is_heeded(report.reporter);
    counts_.ignored += is_wanted ? 0 : 1;
    return is_wanted;
}

/// Of a peer that we are connected to we know more than the reporter, once we have tried it.
void loss_judge::take_report(const loss_report& report, time_point now) {
    const peer_entry& subject = *registry_.find(report.subject);
    const auto what = losses_.add(report, is_near(subject), now);
    if (what == loss_table::added::nothing) {
        ++counts_.ignored;
        return;
    }
    ++counts_.taken;
    if (is_near(subject))
        check(subject.id);
    else
        doubt(subject.id, now);
}

/// It cannot know that it is said to be gone unless somebody asks it.
void loss_judge::take_hearsay(const loss_report& report, time_point now) {
    const peer_entry* const known = registry_.find(report.subject);
    const bool is_there = known != nullptr && known->digest && !is_gone(known->state);
    const peer_entry* const teller = registry_.find(report.reporter);
    const bool is_observer =
        teller != nullptr && teller->digest && teller->digest->tier == node_tier::observer;
    if (!is_there || is_near(*known) || is_late(report) || is_observer) return;
    if (losses_.add_hearsay(report, false, now) != loss_table::added::opened) return;
    query(known->id, report.version);
    doubt(known->id, now);
}

// --- what follows ---

witness loss_judge::witness_of(const endpoint_id& id, const node_digest& subject) const {
    const auto& near = subject.neighbors;
    witness out{id, id.short_text(), false, id == self_.digest().origin};
    out.is_neighbor = std::find(near.begin(), near.end(), prefix_of(id)) != near.end();
    const peer_entry* const known = registry_.find(id);
    if (known != nullptr && known->digest && !known->digest->name.empty())
        out.name = known->digest->name;
    if (out.is_us) out.name = "this host";
    return out;
}

state_evidence loss_judge::evidence_of(
    const peer_entry& subject,
    const loss_table::doubt* told,
    time_point now
) const {
    state_evidence out;
    out.what = state_evidence::basis::reports;
    out.neighbors = subject.digest->neighbors.size();
    out.at = told != nullptr ? told->last : now;
    // How it was lost here was said when it was.
    if (subject.state == peer_state::stale) out.words = subject.evidence.words;
    std::vector<endpoint_id> who;
    if (const own_loss* const own = own_losses_.find(subject.id)) {
        who.push_back(self_.digest().origin);
        out.at = std::max(out.at, own->at);
        if (!own->words.empty()) out.words = own->words;
    }
    for (const auto& reporter : told != nullptr ? told->reporters : std::vector<endpoint_id>())
        if (std::find(who.begin(), who.end(), reporter) == who.end()) who.push_back(reporter);
    if (who.empty() && told != nullptr) {
        out.what = state_evidence::basis::hearsay;
        who.push_back(told->told_by);
    }
    for (const auto& id : who)
        out.witnesses.push_back(witness_of(id, *subject.digest));
    return out;
}

/// Shows what is known against a peer that we cannot hear.
void loss_judge::doubt(const endpoint_id& peer, time_point now) {
    const peer_entry* const subject = registry_.find(peer);
    if (subject == nullptr || !subject->digest || is_near(*subject)) return;
    const loss_table::doubt* const told = losses_.find(peer);
    const digest_version version = told != nullptr ? told->version : subject->digest->number();
    registry_.suspect(peer, evidence_of(*subject, told, now), version, now);
}

void loss_judge::check(const endpoint_id& peer) {
    add_bounded(checks_, peer, [&peer](const endpoint_id& held) { return held == peer; });
}

void loss_judge::query(const endpoint_id& peer, const digest_version& version) {
    const loss_report question{peer, version, self_.digest().origin};
    add_bounded(queries_, question, [&peer](const loss_report& held) {
        return held.subject == peer;
    });
}

/// Nobody doubts it any more, unless somebody does.
void loss_judge::settle(const endpoint_id& peer, time_point now) {
    if (losses_.find(peer) == nullptr && own_losses_.find(peer) == nullptr)
        registry_.clear(peer, "this host was cut off, not it", now);
    else
        doubt(peer, now);
}

std::optional<loss_report> loss_judge::poll_report() {
    return take_last(reports_);
}

std::optional<loss_report> loss_judge::poll_query() {
    return take_last(queries_);
}

std::optional<endpoint_id> loss_judge::poll_check() {
    return take_last(checks_);
}

void loss_judge::handle_deadline(time_point now) {
    patience_ = health_.patience(now);
    while (const auto lost = own_losses_.take_due(now, patience_))
        conclude(*lost, now);
    while (const auto lost = losses_.take_lost(here(), now))
        bury(*lost, now);
    if (now >= orphan_check_at_) check_orphans(now);
    if (now >= lease_check_at_) check_leases(now);
}

/// It stayed away: others are told, and it is doubted like any other. With nobody left who could
/// know better it is dead.
void loss_judge::conclude(const own_loss& lost, time_point now) {
    const loss_report report{lost.peer, lost.version, self_.digest().origin};
    const peer_entry* const known = registry_.find(lost.peer);
    const bool is_there = known != nullptr && known->digest && !is_gone(known->state);
    if (!is_there || is_near(*known) || is_late(report)) return;
    const bool is_observer = self_.digest().tier == node_tier::observer;
    const auto is_of_it = [&report](const loss_report& held) {
        return held.subject == report.subject;
    };
    if (!is_observer) add_bounded(reports_, report, is_of_it);
    losses_.add(report, false, now);
    if (!neighbors_.empty()) {
        if (known->state != peer_state::stale) doubt(lost.peer, now);
        return;
    }
    losses_.forget(lost.peer);
    const auto& words = lost.words.empty() ? "lost with all neighbours" : lost.words;
    registry_.unreachable(lost.peer, peer_state::dead, words, now);
}

void loss_judge::bury(const loss_table::verdict& lost, time_point now) {
    const peer_entry* const known = registry_.find(lost.peer);
    const bool is_meant = known != nullptr && known->digest && !is_near(*known)
                          && known->digest->number() <= lost.why.version;
    if (!is_meant || is_gone(known->state)) return;
    registry_.bury(lost.peer, evidence_of(*known, &lost.why, now), lost.why.version, now);
    own_losses_.forget(lost.peer);
    orphan_check_at_ = std::min(orphan_check_at_, now + options_.orphan_wait);
}

/// Whoever would have noticed: when all neighbours that a node named are gone, nobody is left who
/// would tell of its own loss. It is asked, and believed to be gone if it does not answer. One that
/// is there has found other neighbours meanwhile, and said so.
void loss_judge::check_orphans(time_point now) {
    const time_point checked = std::exchange(orphans_checked_at_, now);
    orphan_check_at_ = no_deadline;
    std::vector<loss_report> orphans;
    registry_.for_each([&](const peer_entry& entry) {
        const auto alone_since = orphaned_at(entry);
        if (!alone_since) return;
        const time_point due = *alone_since + options_.orphan_wait;
        if (due > now)
            orphan_check_at_ = std::min(orphan_check_at_, due);
        else if (due > checked)
            orphans.push_back({entry.id, entry.digest->number(), self_.digest().origin});
    });
    for (const auto& each : orphans) {
        if (losses_.size() >= losses_max) return;
        if (losses_.add_hearsay(each, false, now) != loss_table::added::opened) continue;
        if (is_asker(each.subject)) query(each.subject, each.version);
        doubt(each.subject, now);
    }
}

/// When the last of its neighbours went; nullopt when one is there, or is not known here.
std::optional<time_point> loss_judge::orphaned_at(const peer_entry& entry) const {
    if (!entry.digest || is_gone(entry.state) || is_near(entry)) return std::nullopt;
    const auto& near = entry.digest->neighbors;
    if (near.empty() || entry.digest->tier == node_tier::observer) return std::nullopt;
    std::size_t missing = 0;
    time_point last{};
    registry_.for_each([&](const peer_entry& other) {
        const bool is_named =
            std::find(near.begin(), near.end(), prefix_of(other.id)) != near.end();
        if (!is_named || !is_gone(other.state)) return;
        ++missing;
        last = std::max(last, other.since);
    });
    return missing >= near.size() ? std::optional(last) : std::nullopt;
}

/// Three hosts ask for all, those whose ids are nearest to the subject's: an answer reaches
/// everybody.
bool loss_judge::is_asker(const endpoint_id& subject) const {
    constexpr std::size_t askers = 3;
    const auto nearer = [&](const endpoint_id& one, const endpoint_id& other) {
        for (std::size_t i = 0; i < endpoint_id::size; ++i) {
            const int a = one.bytes()[i] ^ subject.bytes()[i];
            const int b = other.bytes()[i] ^ subject.bytes()[i];
            if (a != b) return a < b;
        }
        return false;
    };
    const auto& self = self_.digest().origin;
    std::size_t ahead = 0;
    registry_.for_each([&](const peer_entry& other) {
        const bool is_there = other.digest && !is_gone(other.state) && other.id != subject
                              && other.digest->tier != node_tier::observer;
        ahead += is_there && nearer(other.id, self) ? 1 : 0;
    });
    return ahead < askers;
}

duration loss_judge::lease_of(const peer_entry& entry) const {
    const duration own = entry.digest->lease;
    return own > duration::zero() ? own : options_.lease;
}

void loss_judge::check_leases(time_point now) {
    lease_check_at_ = now + options_.lease_check;
    std::vector<std::pair<endpoint_id, bool>> overdue;
    registry_.for_each([&](const peer_entry& entry) {
        const bool is_hearsay = entry.digest && !is_near(entry) && !is_gone(entry.state);
        if (!is_hearsay || !entry.last_heard) return;
        const time_point due = std::max(*entry.last_heard, awake_since_) + lease_of(entry);
        const auto grace = std::chrono::duration_cast<duration>(
            lease_of(entry) * options_.lease_grace * patience_
        );
        const bool is_new = now >= due && entry.state != peer_state::stale;
        if (now >= due + grace || is_new) overdue.emplace_back(entry.id, now >= due + grace);
        lease_check_at_ = std::min(lease_check_at_, now < due ? due : due + grace);
    });
    lease_check_at_ = std::max(lease_check_at_, now + options_.lease_check_min);
    for (const auto& [peer, is_over] : overdue) {
        const peer_entry& entry = *registry_.find(peer);
        state_evidence why;
        why.what = state_evidence::basis::lease;
        why.at = *entry.last_heard;
        if (is_over) {
            registry_.bury(peer, why, entry.digest->number(), now);
            losses_.forget(peer);
            own_losses_.forget(peer);
        } else {
            registry_.suspect(peer, why, entry.digest->number(), now);
            query(peer, entry.digest->number());
        }
    }
    registry_.expire(now);
}

std::optional<time_point> loss_judge::next_deadline() const {
    if (!is_joined_) return std::nullopt;
    time_point earliest = std::min(lease_check_at_, orphan_check_at_);
    for (const auto& due : {losses_.next_deadline(here()), own_losses_.next_deadline(patience_)})
        earliest = std::min(earliest, due.value_or(earliest));
    return earliest;
}

}  // namespace meshhost::peers::proto
