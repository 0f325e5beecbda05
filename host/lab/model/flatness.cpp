// SPDX-License-Identifier: Apache-2.0
#include "lab/model/flatness.hpp"

#include "lab/model/measurement.hpp"

#include <algorithm>
#include <array>

namespace meshhost::lab::model {
namespace {

/// What a probe calls the things that it holds. Others are counters of what has happened, unless
/// they are seen to go down.
constexpr auto tables = std::to_array<std::string_view>(
    {"address_tokens",
     "addresses",
     "alive",
     "closing",
     "connected",
     "connection_ids",
     "connections",
     "dead",
     "descriptors",
     "bytes_kept",
     "dial_targets",
     "dials_in_flight",
     "dials_remembered",
     "events_kept",
     "half_open",
     "handles",
     "instances",
     "left",
     "links",
     "neighbors",
     "objects",
     "orphaned_waits",
     "paths",
     "paths_cached",
     "peers",
     "anonymous_bytes",
     "queue_bytes",
     "queue_frames",
     "queued",
     "resident_bytes",
     "running",
     "send_bytes",
     "session_tickets",
     "stale",
     "strands",
     "streams",
     "subscriptions",
     "tasks_waiting",
     "threads",
     "tls_sessions",
     "tombstones",
     "topics"}
);

/// What is kept for later use although nobody holds it now, and how much of it, a host.
struct cache {
    std::string_view name;
    double limit;
};
constexpr auto caches = std::to_array<cache>(
    {{"journal.bytes_kept", 2 << 20},
     {"journal.events_kept", 512},
     {"transport.paths_cached", 1024}}
);

/// PSS falls and rises with who else maps the same libraries: shown, not judged.
constexpr std::string_view not_judged = "memory.pss_bytes";

/// One entry an id, of those that the host has met in a certain way: it has told it where it is, or
/// was dialled. That can take very many visits.
constexpr auto caches_of_ids = std::to_array<std::string_view>(
    {"gossip.addresses",
     "gossip.dials_remembered",
     "transport.address_tokens",
     "transport.session_tickets"}
);

double limit_of(std::string_view name, std::size_t ids) {
    if (std::find(caches_of_ids.begin(), caches_of_ids.end(), name) != caches_of_ids.end())
        return static_cast<double>(ids);
    const auto* found = std::find_if(caches.begin(), caches.end(), [&](const cache& one) {
        return one.name == name;
    });
    return found == caches.end() ? 0 : found->limit;
}

bool ever_falls(const std::vector<table_sample>& samples, const std::string& name) {
    double before = 0;
    for (const table_sample& sample : samples) {
        const auto found = sample.values.find(name);
        if (found == sample.values.end()) continue;
        if (found->second < before) return true;
        before = found->second;
    }
    return false;
}

std::vector<double> values_of(
    const std::vector<table_sample>& samples,
    const std::string& name,
    std::size_t from,
    std::size_t to
) {
    std::vector<double> values;
    for (std::size_t i = from; i < to; ++i)
        if (const auto found = samples[i].values.find(name); found != samples[i].values.end())
            values.push_back(found->second);
    return values;
}

}  // namespace

bool is_table(std::string_view name) {
    const auto last = name.substr(name.rfind('.') + 1);
    return last.starts_with("timers")
           || std::find(tables.begin(), tables.end(), last) != tables.end();
}

std::vector<table_growth> judge_growth(
    const std::vector<table_sample>& samples,
    const flatness_rule& rule
) {
    std::vector<table_growth> all;
    const std::size_t fifth = samples.size() / 5;
    if (fifth == 0) return all;
    const auto hosts = static_cast<double>(rule.hosts);
    for (const auto& [name, ignored] : samples.back().values) {
        if (name == not_judged || (!is_table(name) && !ever_falls(samples, name))) continue;
        table_growth one{name, 0, 0, true, limit_of(name, rule.ids) * hosts};
        one.first = median(values_of(samples, name, fifth, 2 * fifth));
        one.last = median(values_of(samples, name, samples.size() - fifth, samples.size()));
        const double allowed =
            std::max({one.first * (1 + rule.tolerance), one.first + rule.slack * hosts, one.limit});
        one.is_flat = one.last <= allowed;
        all.push_back(std::move(one));
    }
    return all;
}

}  // namespace meshhost::lab::model
