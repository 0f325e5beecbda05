// SPDX-License-Identifier: Apache-2.0
#pragma once
// What must hold between the tables of different rooms: every connection, stream, timer, descriptor
// and thread has one owner, and all who speak of it say the same. Rules over a snapshot; pure.
#include "base/invariant.hpp"
#include "base/time.hpp"

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

namespace meshhost::app {

/// The tables of a host at one moment, between two turns of its loop.
struct audit_facts {
    struct connection {
        std::uint64_t key = 0;  ///< names it, and nothing else
        std::string peer;       ///< for words
        std::string alpn;
        std::uint64_t streams = 0;
    };
    /// A room that uses connections.
    struct owner {
        std::string room;
        std::vector<std::string> alpns;
        std::vector<std::uint64_t> connections;
        std::optional<std::uint64_t> streams;  ///< nullopt: it does not count them
    };
    struct room_timers {
        std::string room;
        std::uint64_t timers = 0;
        std::uint64_t overdue = 0;
    };
    /// What a room says it has. The last of several for one room counts.
    struct declared_timers {
        std::string room;
        std::uint64_t timers = 0;
        bool is_limit = false;  ///< it may have fewer
    };
    struct room_invariant {
        std::string room;
        invariant what;
    };
    /// The neighbours of one gossip topic, and the peers that have a link.
    struct neighborhood {
        std::string topic;
        std::vector<std::string> active;
    };
    /// Something that the kernel counts: what no room accounts for must stay what it was.
    struct resource {
        std::string rule;   ///< "process.descriptors"
        std::string words;  ///< "descriptors"
        std::uint64_t found = 0;
        std::uint64_t accounted = 0;  ///< by rooms
        std::uint64_t constant = 0;   ///< not by rooms, once the host was ready
        std::uint64_t slack = 0;      ///< what plugins may have of their own
    };

    std::vector<connection> connections;  ///< the transport's
    std::vector<owner> owners;
    std::vector<room_timers> timers;  ///< the shard's
    std::vector<declared_timers> declared;
    std::uint64_t orphaned_waits = 0;
    std::uint64_t tasks_waiting = 0;
    std::vector<room_invariant> invariants;
    std::vector<neighborhood> topics;
    std::vector<std::string> linked;
    std::vector<resource> resources;
};

/// More work than that in the queue of the loop means that it is not being done.
inline constexpr std::uint64_t tasks_waiting_max = 10'000;

struct audit_finding {
    std::string rule;
    std::string owner;
    std::string words;
    std::uint64_t expected = 0;
    std::uint64_t found = 0;
    std::string subject{};   ///< what it is about, where there are several of a kind
    bool must_last = false;  ///< may be so for a moment, and is wrong only when it stays
};

struct audit_rule {
    std::string rule;
    std::string words;
    bool ok = true;
};

struct audit_result {
    std::vector<audit_rule> rules;
    std::vector<audit_finding> findings;  ///< in the order of the rules
};

audit_result audit(const audit_facts& facts);

/// What an audit comes to.
struct audit_report {
    std::vector<audit_rule> rules;
    std::vector<audit_finding> discrepancies;
    std::size_t suspicions = 0;  ///< that have not lasted long enough
};

/// What is in flux at one moment is settled a moment later: a finding that must last becomes a
/// discrepancy when it was there audit_grace ago, and at every look since. Pure.
class audit_history {
public:
    static constexpr duration audit_grace = 3s;

    audit_report judge(audit_result result, time_point now);

private:
    std::map<std::string, time_point> since_;  ///< only of the last result
};

/// The least of a figure that was seen for audit_grace on end: a dip is a moment in which somebody
/// had counted twice, or not yet. Pure.
class lasting_minimum {
public:
    void start(std::uint64_t value) noexcept {
        value_ = value;
        since_.reset();
    }
    void see(std::uint64_t value, time_point now) noexcept;
    std::uint64_t value() const noexcept { return value_; }

private:
    std::uint64_t value_ = 0;
    std::uint64_t lower_ = 0;          ///< the most of what was seen below value_
    std::optional<time_point> since_;  ///< it was
};

}  // namespace meshhost::app
