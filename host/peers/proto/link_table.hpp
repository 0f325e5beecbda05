// SPDX-License-Identifier: Apache-2.0
#pragma once
// The connections of this protocol, and which of two to the same peer goes.
#include "peers/proto/digest_link.hpp"

#include <map>
#include <vector>

namespace meshhost::peers::proto {

/// A machine's part. At most config::links_max links, links_per_peer_max a peer (closing ones,
/// which only wait for their end, not counted).
class link_table {
public:
    link_table(const identity::endpoint_id& self, const config& options);

    bool is_full() const noexcept { return links_.size() >= options_.links_max; }

    /// Adds a link under a number of its own. Precondition: not is_full().
    digest_link& add(const identity::endpoint_id& peer);
    void erase(link_id link) { links_.erase(link); }
    digest_link* find(link_id link);

    /// A link to `peer` that is not closing; nullptr when there is none. The one that has
    /// identified the peer, if any has.
    const digest_link* best(const identity::endpoint_id& peer) const;

    /// The link to `peer` that others replace; nullptr when all may stay. Call until nullptr.
    ///
    /// Of two that have identified the peer, the one to its earlier incarnation leads nowhere.
    /// Within one, two dials have crossed: the one opened by the lower id stays, so that both ends
    /// choose the same; of two opened by the same end, the later. Of more than two, an attempt
    /// that has not identified the peer goes first.
    digest_link* superseded(const identity::endpoint_id& peer);

    template <class Visit>
    void for_each(Visit visit) {
        for (auto& [id, link] : links_)
            visit(link);
    }
    template <class Visit>
    void for_each(Visit visit) const {
        for (const auto& [id, link] : links_)
            visit(link);
    }

    std::size_t size() const noexcept { return links_.size(); }

    void check_invariants() const;

private:
    /// Its connection was opened by the end with the lower id.
    bool is_opened_by_lower(const digest_link& link) const;
    std::vector<digest_link*> open_links(const identity::endpoint_id& peer);

    identity::endpoint_id self_;
    config options_;
    std::map<link_id, digest_link> links_;
    std::uint64_t last_id_ = 0;
};

}  // namespace meshhost::peers::proto
