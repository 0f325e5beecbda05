// SPDX-License-Identifier: Apache-2.0
#include "peers/proto/state_evidence.hpp"

#include <algorithm>
#include <utility>

namespace meshhost::peers::proto {

namespace {

/// "6 s", "3 min", "2 h": as exact as somebody needs who reads it.
std::string span_text(duration span) {
    const auto seconds = std::chrono::duration_cast<std::chrono::seconds>(span).count();
    if (seconds < 120) return std::to_string(std::max<std::int64_t>(seconds, 0)) + " s";
    if (seconds < 2 * 3600) return std::to_string(seconds / 60) + " min";
    return std::to_string(seconds / 3600) + " h";
}

std::string age_text(duration age) {
    return age < 1s ? "just now" : span_text(age) + " ago";
}

std::string count_text(std::size_t count, const char* one, const char* many) {
    return std::to_string(count) + " " + (count == 1 ? one : many);
}

std::string who_text(const state_evidence& evidence) {
    const auto& all = evidence.witnesses;
    const auto near = static_cast<std::size_t>(
        std::count_if(all.begin(), all.end(), [](const witness& each) { return each.is_neighbor; })
    );
    if (near == 0) return count_text(all.size(), "host", "hosts");
    std::string text =
        std::to_string(near) + " of " + count_text(evidence.neighbors, "neighbour", "neighbours");
    if (near < all.size()) text += " and " + count_text(all.size() - near, "other", "others");
    return text;
}

std::string names_text(const state_evidence& evidence) {
    std::string text;
    for (const witness& each : evidence.witnesses) {
        text += (text.empty() ? "" : ", ") + each.name;
        if (each.is_us && !evidence.words.empty()) text += " (" + evidence.words + ")";
    }
    return text;
}

}  // namespace

state_evidence state_evidence::of(std::string words) {
    state_evidence evidence;
    evidence.words = std::move(words);
    return evidence;
}

std::string evidence_text(const state_evidence& evidence, time_point now) {
    const duration age = now - evidence.at;
    switch (evidence.what) {
    case state_evidence::basis::words:
        return evidence.words;
    case state_evidence::basis::reports:
        return who_text(evidence) + " lost it " + age_text(age) + ": " + names_text(evidence);
    case state_evidence::basis::hearsay:
        return names_text(evidence) + " believes that it is gone, and said so " + age_text(age);
    case state_evidence::basis::lease:
        return "no record of it for " + span_text(age);
    }
    return evidence.words;
}

}  // namespace meshhost::peers::proto
