// SPDX-License-Identifier: Apache-2.0
#pragma once
// Whom of those that discovery found, or that the last start knew, this host asks to be of its
// mesh.
#include "identity/endpoint_addr.hpp"
#include "peers/peers_service.hpp"

#include <map>
#include <set>
#include <vector>

namespace meshhost::app {

/// One thread: the shard's. `peers` and `named`, whom the operator named, outlive it.
class found_peers {
public:
    using table = std::map<identity::endpoint_id, identity::endpoint_addr>;

    found_peers(peers::peers_service& peers, const std::vector<identity::endpoint_addr>& named)
        : peers_(peers)
        , named_(named) {}

    /// A host that knows nobody asks those whom it found, a few at a time; that they are of another
    /// mesh shows when they answer. Whom it then is not connected to it lets go of once it is not
    /// alone any more. One that the operator named is told of where it is.
    /// `remembered`: of the last start, for a host that is alone. Others are asked once all the
    /// same where the mesh has not heard of them: a network may have come together in parts.
    void meet(table found, const table& remembered);
    /// It is not there any more.
    void lose(const identity::endpoint_id& peer);

private:
    bool is_operators(const identity::endpoint_id& peer) const;
    void let_go();

    peers::peers_service& peers_;
    const std::vector<identity::endpoint_addr>& named_;
    std::set<identity::endpoint_id> asked_;  ///< and named for it
    std::set<identity::endpoint_id> tried_;  ///< of those that are found, all that were ever asked
    identity::endpoint_id asked_last_;
};

}  // namespace meshhost::app
