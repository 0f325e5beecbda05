// SPDX-License-Identifier: Apache-2.0
#include "observe/proto/link_history.hpp"

#include <algorithm>
#include <iterator>

namespace meshhost::observe::proto {

namespace {

using std::chrono::milliseconds;

constexpr std::string_view untold = "unknown";  ///< the kind of a link that nobody was asked of
constexpr int parts = 10;                       ///< of its age, by which it forgets

}  // namespace

void link_history::add(milliseconds at, std::span<const link_news> news) {
    if (!oldest_) oldest_ = at;
    for (const auto& each : news)
        note(at, each);
    if (at - *oldest_ > limits_.age_max + limits_.age_max / parts)
        forget_before(at - limits_.age_max);
    if (steps_ <= std::max(limits_.steps_max, 2 * steps_at_least_)) return;
    forget_before(*oldest_ + (at - *oldest_) / 2);
    if (steps_ > limits_.steps_max / 2) forget_before(at);
    steps_at_least_ = steps_;
}

void link_history::note(milliseconds at, const link_news& news) {
    const auto [found, is_new] = links_.try_emplace(ids_.shorten(news.id));
    auto& steps = found->second;
    const bool was_there = !steps.empty() && !steps.back().kind.empty();
    const bool is_same = steps.empty()
                             ? news.kind.empty()
                             : news.kind == steps.back().kind && news.reason == steps.back().reason;
    // Nobody asked for a while: that is nothing of the link's.
    const bool is_nothing = is_same || (news.kind == untold && was_there);
    if (!is_nothing && was_there && steps.back().kind == untold && !news.kind.empty()) {
        steps.back().kind = news.kind;
        steps.back().reason = news.reason;
    } else if (!is_nothing) {
        steps.push_back({at, news.kind, news.reason});
        ++steps_;
    }
    if (steps.empty()) links_.erase(found);
}

std::vector<link_step> link_history::of(const std::string& edge) const {
    if (!oldest_) return {};
    std::vector<link_step> all{{*oldest_, "", ""}};
    const auto found = links_.find(ids_.shorten_known(edge));
    if (found == links_.end()) return all;
    for (const auto& each : found->second) {
        if (each.at > *oldest_)
            all.push_back(each);
        else
            all.front() = {*oldest_, each.kind, each.reason};
    }
    return all;
}

/// Of each link, how it was at `oldest` stays, if there was one.
void link_history::forget_before(milliseconds oldest) {
    oldest_ = oldest;
    steps_ = 0;
    for (auto at = links_.begin(); at != links_.end();) {
        auto& steps = at->second;
        const auto later = std::find_if(steps.begin(), steps.end(), [&](const link_step& each) {
            return each.at > oldest;
        });
        const bool was_there = later != steps.begin() && !std::prev(later)->kind.empty();
        steps.erase(steps.begin(), was_there ? std::prev(later) : later);
        steps_ += steps.size();
        at = steps.empty() ? links_.erase(at) : std::next(at);
    }
}

}  // namespace meshhost::observe::proto
