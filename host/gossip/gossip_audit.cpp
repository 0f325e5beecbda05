// SPDX-License-Identifier: Apache-2.0
// What the audit asks of the gossip: which connections are its own, and whether its tables agree.
#include "gossip/gossip_service.hpp"

#include <algorithm>

namespace meshhost::gossip {

std::vector<const transport::connection*> gossip_service::owned() const {
    std::vector<const transport::connection*> all;
    for (const auto& [key, connection] : connections_)
        all.push_back(connection->connection());
    return all;
}

std::vector<identity::endpoint_id> gossip_service::linked() const {
    std::vector<identity::endpoint_id> all;
    for (const auto& [peer, link] : links_)
        all.push_back(peer);
    return all;
}

std::vector<invariant> gossip_service::invariants() const {
    const auto figures = measure();
    const auto dialling =
        std::count_if(connections_.begin(), connections_.end(), [](const auto& each) {
            return each.second->is_dialled() && !each.second->was_up();
        });
    std::uint64_t queue_bytes_most = 0;
    std::uint64_t queue_frames_most = 0;
    std::uint64_t strays = 0;
    for (const auto& [peer, link] : links_) {
        queue_bytes_most = std::max<std::uint64_t>(queue_bytes_most, link.queue().bytes());
        queue_frames_most = std::max<std::uint64_t>(queue_frames_most, link.queue().size());
        for (const auto& each : link.connections())
            strays += connections_.contains(each.get()) ? 0 : 1;
    }
    const proto::limits machine;  // what hosts run with; nothing sets others
    return {
        {"gossip.links", "connections of links are in the room's table", 0, strays},
        {"gossip.dials",
         "every dial in flight has its connection",
         static_cast<std::uint64_t>(dialling),
         figures.dials_in_flight},
        within("gossip.links_limit", "peers with a link", figures.links, limits_.links),
        within("gossip.dials_limit", "dials", figures.dials_in_flight, limits_.dials_in_flight),
        within(
            "gossip.remembered",
            "dials remembered",
            figures.dials_remembered,
            limits_.dials_remembered
        ),
        within("gossip.addresses", "addresses remembered", figures.addresses, limits_.addresses),
        within("gossip.queue_bytes", "bytes for one peer", queue_bytes_most, limits_.queue_bytes),
        within(
            "gossip.queue_frames",
            "frames of one peer",
            queue_frames_most,
            limits_.queue_frames
        ),
        within("gossip.topics", "topics", figures.state.topics, machine.topics),
        within("gossip.machine_links", "links of the machine", figures.state.links, machine.links),
        within(
            "gossip.subscriptions",
            "subscribers of all topics",
            figures.subscriptions,
            limits_.subscribers * std::max<std::size_t>(figures.state.topics, 1)
        )};
}

}  // namespace meshhost::gossip
