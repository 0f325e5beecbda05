// SPDX-License-Identifier: Apache-2.0
#include "app/audit.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <set>
#include <utility>

namespace meshhost::app {

namespace {

class rule_book {
public:
    explicit rule_book(audit_result& result)
        : result_(result) {}

    /// What is found from here on is against this rule.
    void open(std::string rule, std::string words) {
        result_.rules.push_back({std::move(rule), std::move(words), true});
    }
    void find(audit_finding finding) {
        result_.rules.back().ok = false;
        finding.rule = result_.rules.back().rule;
        if (finding.words.empty()) finding.words = result_.rules.back().words;
        result_.findings.push_back(std::move(finding));
    }

private:
    audit_result& result_;
};

std::string owner_of(const audit_facts& facts, const std::string& alpn) {
    for (const auto& owner : facts.owners)
        if (std::find(owner.alpns.begin(), owner.alpns.end(), alpn) != owner.alpns.end())
            return owner.room;
    return "nobody";
}

void check_connections(const audit_facts& facts, rule_book& book) {
    std::map<std::uint64_t, std::uint64_t> claims;
    for (const auto& owner : facts.owners)
        for (const auto key : owner.connections)
            ++claims[key];

    book.open("connections.owned", "every connection is in the table of the room that uses it");
    for (const auto& each : facts.connections) {
        const std::uint64_t owners = claims.contains(each.key) ? claims.at(each.key) : 0;
        if (owners == 1) continue;
        book.find(
            {.rule = {},
             .owner = owner_of(facts, each.alpn),
             .words = fmt::format(
                 "the connection with {} over {} is in {} tables",
                 each.peer,
                 each.alpn,
                 owners == 0 ? "no room's" : "several rooms'"
             ),
             .expected = 1,
             .found = owners,
             .subject = std::to_string(each.key),
             .must_last = true}
        );
    }

    book.open("connections.known", "every connection of a room is the transport's, too");
    std::set<std::uint64_t> known;
    for (const auto& each : facts.connections)
        known.insert(each.key);
    for (const auto& owner : facts.owners)
        for (const auto key : owner.connections)
            if (!known.contains(key))
                book.find(
                    {.rule = {},
                     .owner = owner.room,
                     .words = "a connection that the transport no longer has is still held",
                     .expected = 0,
                     .found = 1,
                     .subject = std::to_string(key),
                     .must_last = true}
                );
}

void check_streams(const audit_facts& facts, rule_book& book) {
    book.open("streams.returned", "a room has as many streams as its connections");
    for (const auto& owner : facts.owners) {
        if (!owner.streams) continue;
        std::uint64_t held = 0;
        for (const auto& each : facts.connections)
            if (owner_of(facts, each.alpn) == owner.room) held += each.streams;
        if (held == *owner.streams) continue;
        book.find(
            {.rule = {},
             .owner = owner.room,
             .words = fmt::format(
                 "the room counts {} streams, its connections have {}",
                 *owner.streams,
                 held
             ),
             .expected = *owner.streams,
             .found = held,
             .subject = {},
             .must_last = true}
        );
    }
}

void check_timers(const audit_facts& facts, rule_book& book) {
    std::map<std::string, audit_facts::declared_timers> declared;
    for (const auto& each : facts.declared)
        declared[each.room] = each;

    book.open("timers.owned", "every timer is one that its room says it has");
    for (const auto& each : facts.timers) {
        const auto wanted =
            declared.contains(each.room) ? declared.at(each.room) : audit_facts::declared_timers{};
        const bool is_less = each.timers < wanted.timers;
        if (each.timers == wanted.timers || (is_less && wanted.is_limit)) continue;
        book.find(
            {.rule = {},
             .owner = each.room,
             .words = fmt::format(
                 "{} has {} timers and accounts for {}",
                 each.room,
                 each.timers,
                 wanted.timers
             ),
             .expected = wanted.timers,
             .found = each.timers,
             .subject = {},
             .must_last = true}
        );
    }

    book.open("timers.overdue", "what is due happens");
    for (const auto& each : facts.timers)
        if (each.overdue != 0)
            book.find(
                {.rule = {},
                 .owner = each.room,
                 .words = "a deadline has passed, and nothing has come of it",
                 .expected = 0,
                 .found = each.overdue,
                 .subject = {},
                 .must_last = true}
            );

    book.open("timers.orphans", "no wait outlives its timer");
    if (facts.orphaned_waits != 0)
        book.find(
            {.rule = {},
             .owner = "net",
             .words = {},
             .expected = 0,
             .found = facts.orphaned_waits,
             .subject = {},
             .must_last = true}
        );

    book.open("tasks.waiting", "the loop keeps up with its work");
    if (facts.tasks_waiting > tasks_waiting_max)
        book.find(
            {.rule = {},
             .owner = "net",
             .words = {},
             .expected = tasks_waiting_max,
             .found = facts.tasks_waiting,
             .subject = {},
             .must_last = true}
        );
}

void check_neighbors(const audit_facts& facts, rule_book& book) {
    book.open("gossip.neighbors", "every neighbour of a topic has a connection");
    const std::set<std::string> linked(facts.linked.begin(), facts.linked.end());
    for (const auto& topic : facts.topics)
        for (const auto& peer : topic.active)
            if (!linked.contains(peer))
                book.find(
                    {.rule = {},
                     .owner = "gossip",
                     .words = fmt::format("the neighbour {} has no connection", peer),
                     .expected = 1,
                     .found = 0,
                     .subject = topic.topic + peer,
                     .must_last = true}
                );
}

void check_resources(const audit_facts& facts, rule_book& book) {
    for (const auto& each : facts.resources) {
        book.open(each.rule, each.words + " beyond what rooms account for stay the same");
        const std::uint64_t most = each.constant + each.accounted + each.slack;
        if (each.found <= most) continue;
        book.find(
            {.rule = {},
             .owner = "process",
             .words = fmt::format(
                 "{} {} are open: {} were there at the start, rooms account for {}{}",
                 each.found,
                 each.words,
                 each.constant,
                 each.accounted,
                 each.slack == 0 ? "" : fmt::format(", plugins may have {}", each.slack)
             ),
             .expected = most,
             .found = each.found,
             .subject = {},
             .must_last = true}
        );
    }
}

void check_rooms(const audit_facts& facts, rule_book& book) {
    for (const auto& [room, what] : facts.invariants) {
        book.open(std::string(what.rule), std::string(what.words));
        if (what.holds()) continue;
        book.find(
            {.rule = {},
             .owner = room,
             .words = {},
             .expected = what.expected,
             .found = what.found,
             .subject = {},
             .must_last = false}
        );
    }
}

}  // namespace

audit_result audit(const audit_facts& facts) {
    audit_result result;
    rule_book book(result);
    check_rooms(facts, book);
    check_connections(facts, book);
    check_streams(facts, book);
    check_timers(facts, book);
    check_neighbors(facts, book);
    check_resources(facts, book);
    return result;
}

audit_report audit_history::judge(audit_result result, time_point now) {
    audit_report report{std::move(result.rules), {}, 0};
    for (auto& rule : report.rules)
        rule.ok = true;  // until a finding against it has lasted
    std::map<std::string, time_point> seen;
    for (auto& finding : result.findings) {
        const auto key = fmt::format("{} {} {}", finding.rule, finding.owner, finding.subject);
        const auto before = since_.find(key);
        const time_point first = before == since_.end() ? now : before->second;
        if (finding.must_last && now - first < audit_grace) {
            seen.emplace(key, first);
            ++report.suspicions;
            continue;
        }
        if (finding.must_last) seen.emplace(key, first);
        for (auto& rule : report.rules)
            if (rule.rule == finding.rule) rule.ok = false;
        report.discrepancies.push_back(std::move(finding));
    }
    since_ = std::move(seen);
    return report;
}

void lasting_minimum::see(std::uint64_t value, time_point now) noexcept {
    if (value >= value_) return since_.reset();
    lower_ = since_ ? std::max(lower_, value) : value;
    if (!since_) since_ = now;
    if (now - *since_ >= audit_history::audit_grace) start(lower_);
}

}  // namespace meshhost::app
