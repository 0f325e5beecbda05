// SPDX-License-Identifier: Apache-2.0
#pragma once
// What each path id stands for. A path of its own for every remote address heard from, and one for
// every dial. Bounded: a path that no connection uses is forgotten when too many others were heard
// from since; one in use never is.
#include "base/ip_endpoint.hpp"
#include "base/strong_id.hpp"

#include <boost/unordered/unordered_flat_map.hpp>

#include <list>
#include <span>
#include <vector>

namespace meshhost::path {

class path_table {
public:
    /// Unused paths remembered: as many as a flood of spoofed sources may cost us.
    static constexpr std::size_t unused_max = 4096;

    /// The path to and from one address; the same id for as long as it is remembered.
    path_id intern(const ip_endpoint& remote);
    /// A dial's own path, also to one address, because the answer may come from another: what is
    /// sent on it goes to all of them, until settle(). Precondition: not empty.
    path_id open(std::vector<ip_endpoint> remotes);
    /// `dialled`, which open() made, was answered from the address of `answered`: it goes there
    /// alone from now on.
    void settle(path_id dialled, path_id answered);

    void retain(path_id path);
    void release(path_id path);
    /// Gives every address a new path from now on; paths in use stay as they are.
    void forget_addresses();

    /// Where to send; empty for a path that is not known any more. Valid until the next call that
    /// changes the table.
    std::span<const ip_endpoint> remotes(path_id path) const;

    std::size_t in_use() const noexcept { return paths_.size() - unused_.size(); }
    std::size_t unused() const noexcept { return unused_.size(); }

private:
    struct entry {
        std::vector<ip_endpoint> remotes;
        std::size_t uses = 0;
        bool interned = false;
        std::list<path_id>::iterator place{};  ///< in unused_, while uses == 0
    };

    path_id insert(std::vector<ip_endpoint> remotes, bool interned);
    void forget(path_id path);

    std::uint64_t last_ = 0;
    boost::unordered_flat_map<path_id, entry, std::hash<path_id>> paths_;
    boost::unordered_flat_map<ip_endpoint, path_id, std::hash<ip_endpoint>> by_address_;
    std::list<path_id> unused_;  ///< least recently heard from first
};

}  // namespace meshhost::path
