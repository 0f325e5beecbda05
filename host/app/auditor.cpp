// SPDX-License-Identifier: Apache-2.0
#include "app/auditor.hpp"

#include <algorithm>
#include <utility>

namespace meshhost::app {

auditor::auditor(net::shard& shard, audit_parts parts, audit_observer& observer, logger log)
    : shard_(shard)
    , parts_(std::move(parts))
    , observer_(observer)
    , log_(std::move(log))
    , timer_(shard, *this) {
    start_counting();
}

void auditor::start_counting() {
    const auto seen = constants_of(parts_);
    descriptors_.start(seen.descriptors);
    threads_.start(seen.threads);
}

void auditor::start(duration interval) {
    start_counting();
    interval_ = interval;
    if (interval != duration::zero()) next_ = shard_.now() + interval;
    arm();
}

outcome<void> auditor::check(report_sink sink) {
    if (waiting_.size() >= audits_waiting_max)
        return failure{
            exit_code::failure,
            "E_TOO_MANY_AUDITS",
            "too many audits are under way already",
            "wait for one of them to end"};
    const auto now = shard_.now();
    const auto report = look(now);
    if (report.suspicions == 0) {
        sink(report);
        return {};
    }
    waiting_.push_back({std::move(sink), now + audit_history::audit_grace});
    arm();
    return {};
}

audit_report auditor::look(time_point now) {
    // A file that was open for a moment when the host became ready is not part of the host.
    const auto seen = constants_of(parts_);
    descriptors_.see(seen.descriptors, now);
    threads_.see(seen.threads, now);
    const audit_constants constants{descriptors_.value(), threads_.value()};
    auto report = history_.judge(audit(facts_of(parts_, constants, now)), now);
    tell(report);
    return report;
}

void auditor::tell(const audit_report& report) {
    std::set<std::string> there;
    for (const auto& finding : report.discrepancies) {
        const auto key = finding.rule + " " + finding.owner;
        const bool is_told = told_.contains(key) || !there.insert(key).second;
        there.insert(key);
        if (is_told) continue;
        log_.error(
            "discrepancy rule={} owner={} expected={} found={} what=\"{}\"",
            finding.rule,
            finding.owner,
            finding.expected,
            finding.found,
            finding.words
        );
        observer_.on_discrepancy(finding);
    }
    told_ = std::move(there);
    standing_ = report.discrepancies;
}

void auditor::on_deadline(time_point now) {
    const auto report = look(now);
    if (now >= next_) next_ = now + interval_;
    std::vector<report_sink> answered;
    std::erase_if(waiting_, [&](waiting& each) {
        if (now < each.due) return false;
        answered.push_back(std::move(each.sink));
        return true;
    });
    arm();
    for (const auto& sink : answered)
        sink(report);
}

void auditor::arm() {
    time_point due = next_;
    for (const auto& each : waiting_)
        due = std::min(due, each.due);
    timer_.arm(due);
}

}  // namespace meshhost::app
