// SPDX-License-Identifier: Apache-2.0
#include "reach/way_watch.hpp"

#include <algorithm>

namespace meshhost::reach {

bool is_silent(const transport::peer_way& way) {
    return way.probes_unanswered >= silent_after;
}

std::optional<relay_choice> next_relay(
    std::vector<relay_choice> known,
    const transport::way_end& silent
) {
    const auto is_silent_one = [&](const relay_choice& each) {
        const auto* const url = std::get_if<std::string>(&silent);
        return url != nullptr && each.url == *url;
    };
    const auto at = std::find_if(known.begin(), known.end(), is_silent_one);
    if (at != known.end()) std::rotate(known.begin(), at + 1, known.end());
    std::erase_if(known, is_silent_one);
    const auto up = std::find_if(known.begin(), known.end(), [](auto& each) { return each.is_up; });
    if (up != known.end()) return *up;
    return known.empty() ? std::nullopt : std::optional(known.front());
}

std::map<identity::endpoint_id, peer_ways> look_at(
    const std::vector<transport::peer_way>& ways,
    const std::vector<const transport::connection*>& own
) {
    std::map<identity::endpoint_id, peer_ways> all;
    for (const auto& way : ways) {
        const bool is_own = std::find(own.begin(), own.end(), way.handle) != own.end();
        if (way.is_pinned || is_own) continue;
        peer_ways& of = all[way.peer];
        if (way.path.kind == transport::path_kind::relayed) {
            of.has_dialled_relayed = of.has_dialled_relayed || way.is_dialled;
            of.relay = way.path.relay;
            of.relay_rtt = way.path.rtt;
        } else if (way.path.remote) {
            of.direct = way.path.remote;
            of.direct_rtt = way.path.rtt;
        }
        if (way.is_dialled && is_silent(way)) of.silent.push_back(transport::end_of(way.path));
    }
    for (auto& [peer, of] : all) {
        std::sort(of.silent.begin(), of.silent.end());
        of.silent.erase(std::unique(of.silent.begin(), of.silent.end()), of.silent.end());
    }
    return all;
}

}  // namespace meshhost::reach
