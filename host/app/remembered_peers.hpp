// SPDX-License-Identifier: Apache-2.0
#pragma once
// The peers that were alive when this host last looked, for its next start: whom it was told of may
// be gone by then.
#include "base/time.hpp"
#include "identity/endpoint_addr.hpp"
#include "identity/topic_id.hpp"

#include <cstddef>
#include <filesystem>
#include <map>
#include <span>
#include <string>

namespace meshhost::app {

/// In a file of tickets. One thread.
class remembered_peers {
public:
    static constexpr std::size_t peers_max = 16;
    static constexpr std::size_t file_size_max = 64 * 1024;
    static constexpr duration gap = 1min;           ///< between two looks: a disk may sleep
    static constexpr duration gap_while_few = 10s;  ///< in a mesh that is coming to be

    using table = std::map<identity::endpoint_id, identity::endpoint_addr>;

    /// Reads `file`. What is not there, is not what keep() writes, or is of another mesh than
    /// `mesh` is nobody.
    remembered_peers(std::filesystem::path file, const identity::topic_id& mesh);

    const table& known() const noexcept { return known_; }
    /// There was a file, and nothing could be made of it.
    bool is_unreadable() const noexcept { return is_unreadable_; }

    /// Whether it is time to keep() who is alive: a while after the last time, at once before it.
    bool is_due(time_point now) const noexcept { return now >= due_; }

    /// Writes down who is alive now, if that changed; those that matter most come first. Who is
    /// remembered already stays before others, and goes last when it is not alive, so that the file
    /// changes little. Without addresses and relays nobody is worth remembering. Nobody alive: all
    /// stays. False: the file cannot be written, and is as it was; errno says why.
    bool keep(std::span<const identity::endpoint_addr> alive, time_point now);

private:
    std::filesystem::path file_;
    std::string mesh_;
    table known_;
    bool is_unreadable_ = false;
    time_point due_{};
};

}  // namespace meshhost::app
