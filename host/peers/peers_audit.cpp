// SPDX-License-Identifier: Apache-2.0
// What the audit asks of the peers: which connections are theirs, and whether the tables agree.
#include "peers/peers_service.hpp"

namespace meshhost::peers {

void mesh_driver::add_owned(std::vector<const transport::connection*>& all) const {
    for (const auto& [key, sync] : syncs_)
        all.push_back(&sync->connection());
}

std::vector<const transport::connection*> peers_service::owned() const {
    std::vector<const transport::connection*> all;
    for (const auto& [id, link] : links_)
        all.push_back(link->connection().get());
    if (mesh_) mesh_->add_owned(all);
    return all;
}

std::vector<invariant> peers_service::invariants() const {
    const auto figures = measure();
    const auto& limits = state_.options();
    return {
        {"peers.links",
         "links opened less closed are held",
         counters_.links_opened - counters_.links_closed,
         links_.size()},
        {"peers.machine_links",
         "the machine and its driver have the same links",
         links_.size(),
         figures.links},
        within("peers.registry", "nodes known", figures.peers, limits.peers_max),
        within("peers.links_limit", "links", figures.links, limits.links_max),
        within(
            "peers.dials_limit",
            "dials in flight",
            figures.dials_in_flight,
            limits.dials_in_flight_max
        ),
        within("peers.targets", "peers that are dialled", figures.dial_targets, limits.peers_max),
        within("peers.syncs", "comparisons", figures.syncs, limits.syncs_max)};
}

}  // namespace meshhost::peers
