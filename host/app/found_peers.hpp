// SPDX-License-Identifier: Apache-2.0
#pragma once
// Whom of those that discovery found this host asks to be of its mesh.
#include "identity/endpoint_addr.hpp"
#include "peers/peers_service.hpp"

#include <map>
#include <vector>

namespace meshhost::app {

/// One thread: the shard's. `peers` and `named`, whom the operator named, outlive it.
class found_peers {
public:
    found_peers(peers::peers_service& peers, const std::vector<identity::endpoint_addr>& named)
        : peers_(peers)
        , named_(named) {}

    /// A host that knows nobody asks those whom discovery found, a few at a time; that they are of
    /// another mesh shows when they answer. One that the operator named is told of where it is.
    void meet(const std::map<identity::endpoint_id, identity::endpoint_addr>& found);
    /// It is not there any more.
    void lose(const identity::endpoint_id& peer);

private:
    bool is_operators(const identity::endpoint_id& peer) const;

    peers::peers_service& peers_;
    const std::vector<identity::endpoint_addr>& named_;
    identity::endpoint_id asked_last_;
};

}  // namespace meshhost::app
