// SPDX-License-Identifier: Apache-2.0
#include "lab/model/expectation_watch.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace meshhost::lab::model {

expectation_watch::expectation_watch(std::vector<expectation> expected, deed done)
    : done_(std::move(done))
    , first_seen_(expected.size())
    , met_at_(expected.size(), done_.at) {
    for (expectation& what : expected)
        verdicts_.push_back({std::move(what), false, false, {}, {}});
}

bool expectation_watch::is_decided() const {
    return std::all_of(verdicts_.begin(), verdicts_.end(), [](const verdict& one) {
        return one.is_decided;
    });
}

void expectation_watch::observe(const mesh_view& view, time_point now) {
    for (std::size_t i = 0; i < verdicts_.size(); ++i) {
        if (verdicts_[i].is_decided) continue;
        switch (verdicts_[i].what.kind) {
        case expectation_kind::state_seen:
        case expectation_kind::known_everywhere:
            watch_targets(i, view, now);
            break;
        case expectation_kind::reconverges:
            watch_mesh(i, view, now);
            break;
        case expectation_kind::nobody_else:
            watch_others(i, view, now);
            break;
        }
    }
}

bool expectation_watch::is_as_expected(
    const expectation& what,
    const std::string& target,
    const peer_sight& seen
) const {
    const auto before = done_.incarnation_before.find(target);
    const bool is_old =
        before != done_.incarnation_before.end() && seen.incarnation <= before->second;
    if (what.kind == expectation_kind::known_everywhere)
        return done_.gone.contains(target) ? is_gone(seen.state) : is_heard(seen.state) && !is_old;
    if (is_heard(what.state) && is_old) return false;
    // Who is dead was stale first, be it between two looks.
    if (what.state == "stale" && seen.state == "dead") return true;
    return seen.state == what.state;
}

void expectation_watch::watch_targets(std::size_t index, const mesh_view& view, time_point now) {
    const expectation& what = verdicts_[index].what;
    auto& first_seen = first_seen_[index];
    std::string last;
    std::string missing;
    time_point met = done_.at;
    for (const host_sight& host : view) {
        if (done_.targets.contains(host.id)) continue;
        for (const std::string& target : done_.targets) {
            const auto seen = host.peers.find(target);
            const bool is_there =
                seen != host.peers.end() && is_as_expected(what, target, seen->second);
            if (is_there)
                first_seen.try_emplace({host.id, target}, std::max(seen->second.since, done_.at));
            const auto first = first_seen.find({host.id, target});
            if (first == first_seen.end()) {
                missing = fmt::format(
                    "{} sees it {}",
                    host.name,
                    seen == host.peers.end() ? "not at all" : seen->second.state
                );
            } else if (first->second >= met) {
                met = first->second;
                last = host.name;
            }
        }
    }
    if (missing.empty() && !view.empty())
        return decide(index, done_.at, met, last.empty() ? "" : "last by " + last);
    if (now - done_.at > what.limit) give_up(index, std::move(missing));
}

time_point expectation_watch::start_of(std::size_t index) const {
    const time_point before = index == 0 ? done_.at : met_at_[index - 1];
    return std::max(before, done_.undone_at.value_or(done_.at));
}

void expectation_watch::watch_mesh(std::size_t index, const mesh_view& view, time_point now) {
    if (index > 0 && !verdicts_[index - 1].is_decided
        && verdicts_[index - 1].what.kind != expectation_kind::nobody_else)
        return;  // its time has not begun
    if (done_.is_for_a_time && !done_.undone_at) return;
    const time_point start = start_of(index);
    const convergence found = judge(view, done_.gone);
    if (found.is_whole) {
        const time_point met = links_were_wrong_ ? now : std::max(found.since, start);
        return decide(index, start, met, "");
    }
    links_were_wrong_ = found.links_are_wrong;
    if (now - start > verdicts_[index].what.limit) give_up(index, found.why);
}

void expectation_watch::watch_others(std::size_t index, const mesh_view& view, time_point now) {
    const expectation& what = verdicts_[index].what;
    std::map<std::string, std::string> names;
    for (const host_sight& host : view)
        names[host.id] = host.name;
    for (const host_sight& host : view) {
        if (done_.targets.contains(host.id)) continue;
        for (const auto& [id, seen] : host.peers) {
            const bool is_other = names.contains(id) && !done_.targets.contains(id);
            if (!is_other || seen.state != what.state || seen.since < done_.at) continue;
            return give_up(
                index,
                fmt::format("{} takes {} for {}", host.name, names[id], seen.state)
            );
        }
    }
    const bool others_are_decided =
        std::all_of(verdicts_.begin(), verdicts_.end(), [](const verdict& one) {
            return one.is_decided || one.what.kind == expectation_kind::nobody_else;
        });
    if (!others_are_decided || now - done_.at < what.limit) return;
    verdicts_[index].is_decided = true;
    verdicts_[index].passed = true;
    verdicts_[index].measured = now - done_.at;
}

void expectation_watch::decide(
    std::size_t index,
    time_point start,
    time_point met,
    std::string detail
) {
    verdict& one = verdicts_[index];
    one.is_decided = true;
    one.measured = met - start;
    one.passed = *one.measured <= one.what.limit;
    one.detail = std::move(detail);
    met_at_[index] = met;
}

void expectation_watch::give_up(std::size_t index, std::string detail) {
    verdict& one = verdicts_[index];
    one.is_decided = true;
    one.passed = false;
    one.detail = std::move(detail);
}

}  // namespace meshhost::lab::model
