// SPDX-License-Identifier: Apache-2.0
#pragma once
// What each path id stands for. A path of its own for every remote address heard from, at every
// address of ours that it asked, and one for every dial. Bounded: a path that no connection uses is
// forgotten when too many others were heard from since; one in use never is.
#include "path/path_target.hpp"

#include <boost/unordered/unordered_flat_map.hpp>

#include <list>
#include <span>
#include <vector>

namespace meshhost::path {

class path_table {
public:
    /// Unused paths remembered: as many as a flood of spoofed sources may cost us, at 300 bytes
    /// each.
    static constexpr std::size_t unused_max = 1024;

    /// The path to and from one address, at `local` of ours, or to and from a peer at a relay; the
    /// same id for as long as it is remembered.
    path_id intern(const path_target& remote, const ip_endpoint& local = {});
    /// A dial's own path, also to one address, because the answer may come from another: what is
    /// sent on it goes to all of them, until settle(). Precondition: not empty.
    path_id open(std::vector<path_target> remotes);
    /// `dialled`, which open() made, was answered from the address of `answered`: it goes there
    /// alone from now on.
    void settle(path_id dialled, path_id answered);

    void retain(path_id path);
    void release(path_id path);
    /// Gives every address a new path from now on; paths in use stay as they are, and so do those
    /// by way of relays.
    void forget_addresses();

    /// Where to send; empty for a path that is not known any more. Valid until the next call that
    /// changes the table.
    std::span<const path_target> remotes(path_id path) const;
    /// The address of ours to send from; an unspecified one: any.
    ip_endpoint local(path_id path) const;

    std::size_t in_use() const noexcept { return paths_.size() - unused_.size(); }
    std::size_t unused() const noexcept { return unused_.size(); }

private:
    struct address_pair {
        path_target remote;
        ip_endpoint local;

        friend bool operator==(const address_pair&, const address_pair&) = default;
    };
    struct address_pair_hash {
        std::size_t operator()(const address_pair& pair) const noexcept {
            return std::hash<path_target>{}(pair.remote) * 31
                   + std::hash<ip_endpoint>{}(pair.local);
        }
    };
    struct entry {
        address_pair interned_as() const { return {remotes.front(), local}; }

        std::vector<path_target> remotes;
        ip_endpoint local{};
        std::size_t uses = 0;
        bool interned = false;
        std::list<path_id>::iterator place{};  ///< in unused_, while uses == 0
    };

    path_id insert(entry made);
    void forget(path_id path);

    std::uint64_t last_ = 0;
    boost::unordered_flat_map<path_id, entry, std::hash<path_id>> paths_;
    boost::unordered_flat_map<address_pair, path_id, address_pair_hash> by_address_;
    std::list<path_id> unused_;  ///< least recently heard from first
};

}  // namespace meshhost::path
