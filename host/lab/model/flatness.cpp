// SPDX-License-Identifier: Apache-2.0
#include "lab/model/flatness.hpp"

#include "lab/model/measurement.hpp"

#include <algorithm>
#include <array>

namespace meshhost::lab::model {
namespace {

/// Counters of what has happened end like this.
constexpr auto happened = std::to_array<std::string_view>(
    {".opened",        ".closed",    "_received",   "_sent",       "_dropped",    "_opened",
     "_closed",        "_accepted",  "_up",         "_failed",     "_lagged",     "_bytes",
     ".faults",        ".conflicts", ".overruled",  ".evictions",  ".syncs",      ".broadcasts",
     ".comparisons",   ".dials",     ".slow_peers", ".worn_out",   ".violations", ".headerless",
     ".unknown_topic", ".delivered", ".duplicates", ".suspicions", ".refuted",    ".probes",
     ".applied",       ".rejected",  ".requests",   ".served",     ".answered"}
);

/// These end like one of the above, and are a size all the same.
constexpr auto sizes = std::to_array<std::string_view>(
    {"process.resident_bytes", "transport.send_bytes", "gossip.queue_bytes", "memory.pss_bytes"}
);

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
    if (std::find(sizes.begin(), sizes.end(), name) != sizes.end()) return true;
    if (name.find(".closed_") != std::string_view::npos) return false;
    return std::none_of(happened.begin(), happened.end(), [&](std::string_view end) {
        return name.ends_with(end);
    });
}

std::vector<table_growth> judge_growth(
    const std::vector<table_sample>& samples,
    double tolerance,
    double slack
) {
    std::vector<table_growth> all;
    const std::size_t fifth = samples.size() / 5;
    if (fifth == 0) return all;
    for (const auto& [name, ignored] : samples.back().values) {
        if (!is_table(name)) continue;
        table_growth one{name, 0, 0, true};
        one.first = median(values_of(samples, name, fifth, 2 * fifth));
        one.last = median(values_of(samples, name, samples.size() - fifth, samples.size()));
        one.is_flat = one.last <= one.first * (1 + tolerance) || one.last - one.first <= slack;
        all.push_back(std::move(one));
    }
    return all;
}

}  // namespace meshhost::lab::model
