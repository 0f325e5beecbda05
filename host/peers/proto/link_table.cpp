// SPDX-License-Identifier: Apache-2.0
#include "peers/proto/link_table.hpp"

#include "base/assert.hpp"

#include <algorithm>
#include <tuple>

namespace meshhost::peers::proto {

using identity::endpoint_id;

link_table::link_table(const endpoint_id& self, const config& options)
    : self_(self)
    , options_(options) {}

digest_link& link_table::add(const endpoint_id& peer) {
    MH_ASSERT(!is_full(), "asked before");
    const link_id id(++last_id_);
    return links_.emplace(id, digest_link(id, peer, options_)).first->second;
}

digest_link* link_table::find(link_id link) {
    const auto at = links_.find(link);
    return at == links_.end() ? nullptr : &at->second;
}

const digest_link* link_table::best(const endpoint_id& peer) const {
    const digest_link* found = nullptr;
    for (const auto& [id, link] : links_) {
        if (link.peer() != peer || link.phase() == link_phase::closing) continue;
        if (found == nullptr || !found->incarnation()) found = &link;
    }
    return found;
}

std::vector<digest_link*> link_table::open_links(const endpoint_id& peer) {
    std::vector<digest_link*> found;
    for (auto& [id, link] : links_)
        if (link.peer() == peer && link.phase() != link_phase::closing) found.push_back(&link);
    return found;
}

bool link_table::is_opened_by_lower(const digest_link& link) const {
    return link.is_dialled() == (self_ < link.peer());
}

digest_link* link_table::superseded(const endpoint_id& peer) {
    const auto worth = [this](const digest_link* link) {
        return std::tuple(
            link->incarnation(),  // nullopt is below every number
            is_opened_by_lower(*link),
            link->id()
        );
    };
    const auto is_worth_less = [&worth](const digest_link* left, const digest_link* right) {
        return worth(left) < worth(right);
    };
    std::vector<digest_link*> open = open_links(peer);
    std::sort(open.begin(), open.end(), is_worth_less);
    const auto identified = std::count_if(open.begin(), open.end(), [](const digest_link* link) {
        return link->incarnation().has_value();
    });
    if (open.size() > links_per_peer_max) return open.front();
    return identified > 1 ? open[open.size() - 2] : nullptr;
}

void link_table::check_invariants() const {
    MH_ASSERT(links_.size() <= options_.links_max, "links keep their cap");
    std::map<endpoint_id, std::size_t> open;
    for (const auto& [id, link] : links_) {
        MH_ASSERT(link.id() == id, "a link is filed under its number");
        if (link.phase() != link_phase::closing) ++open[link.peer()];
    }
    for (const auto& [peer, count] : open)
        MH_ASSERT(count <= links_per_peer_max, "a peer has two links at most");
}

}  // namespace meshhost::peers::proto
