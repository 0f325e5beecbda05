// SPDX-License-Identifier: Apache-2.0
#pragma once
// The descriptors of its own that an instance watches. A machine: the caller polls what wants()
// says, feeds what it saw, and delivers one event at a time.
#include "plugin/proto/call_error.hpp"
#include "plugin/proto/handle_table.hpp"
#include "plugin/proto/limits.hpp"

#include <cstdint>
#include <deque>
#include <optional>
#include <vector>

namespace meshhost::plugin::proto {

struct fd_event {
    handle watch = 0;
    std::uint64_t tag = 0;
    int fd = -1;
    std::uint32_t ready = 0;  ///< MESH_FD_*
};

/// At most fd_watches_max. Readiness is a level: it is told at every look until it is gone; an
/// error once, and then the watch rests until modify(). One thread: the strand.
class fd_watches {
public:
    struct wanted {
        handle watch = 0;
        int fd = -1;
        std::uint32_t interest = 0;
    };

    /// Errors: INVALID for a wrong interest, EXISTS when the descriptor is watched, BUDGET.
    call_result<handle> watch(int fd, std::uint32_t interest, std::uint64_t tag);
    call_result<> modify(handle watch, std::uint32_t interest);
    bool unwatch(handle watch);

    /// What to look at: those with an interest. The same until the next call that changes it.
    const std::vector<wanted>& wants();

    /// A look is over when the events of the last one are delivered.
    bool has_events() const noexcept { return !ready_.empty(); }
    void saw(handle watch, std::uint32_t ready);
    std::optional<fd_event> poll();

    /// f(handle, kind, tag&) for each.
    template <class F>
    void for_each(F&& f) {
        watches_.for_each([&](handle h, entry& each) { f(h, handle_kind::fd_watch, each.tag); });
    }

    void clear();
    std::size_t size() const noexcept { return watches_.size(); }

private:
    struct entry {
        int fd = -1;
        std::uint32_t interest = 0;
        std::uint64_t tag = 0;
    };
    struct seen {
        handle watch = 0;
        std::uint32_t ready = 0;
    };

    handle_table<entry> watches_{handle_kind::fd_watch, fd_watches_max};
    std::vector<wanted> wants_;
    bool is_stale_ = false;
    std::deque<seen> ready_;
};

}  // namespace meshhost::plugin::proto
