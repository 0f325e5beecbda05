// SPDX-License-Identifier: Apache-2.0
#pragma once
// Every deadline_timer of a shard, by the room that made it: what a timer costs nobody sees until
// one is left behind. Counting walks them; arming one costs nothing here.
#include "base/time.hpp"

#include <boost/intrusive/list.hpp>

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace meshhost::net {

/// "gossip" for ".../host/gossip/peer_link.cpp"; the file's own name outside of host/.
std::string_view room_of(std::string_view source_file) noexcept;

/// Of one owner.
struct timer_count {
    std::string owner;
    std::size_t timers = 0;
    std::size_t armed = 0;
    std::size_t overdue = 0;  ///< armed, and due for longer than asked about
};

/// One thread: the shard's.
class timer_ledger {
public:
    /// Unlinks itself.
    struct entry : boost::intrusive::list_base_hook<
                       boost::intrusive::link_mode<boost::intrusive::auto_unlink>> {
        const char* made_in = "";         ///< the source file
        time_point wanted = no_deadline;  ///< no_deadline: not armed
    };

    timer_ledger() = default;
    timer_ledger(const timer_ledger&) = delete;
    timer_ledger& operator=(const timer_ledger&) = delete;
    ~timer_ledger() { entries_.clear(); }

    void add(entry& made) { entries_.push_back(made); }

    /// By owner, in the order of their names. A deadline before `due` is overdue.
    std::vector<timer_count> count(time_point due) const;

    /// Waits that outlived their timers: the loop lets go of them at its next turn.
    std::size_t orphans() const noexcept { return waits_ - entries_.size(); }

private:
    friend class deadline_timer;

    boost::intrusive::list<entry, boost::intrusive::constant_time_size<false>> entries_;
    std::size_t waits_ = 0;  ///< states of timers, in use or not let go of
};

}  // namespace meshhost::net
