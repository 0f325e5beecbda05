// SPDX-License-Identifier: Apache-2.0
#pragma once
// Which job is next, when several instances share a few threads: one of each instance in turn, and
// none has all the threads. A machine; whoever owns it locks.
#include <cstddef>
#include <cstdint>
#include <deque>
#include <map>
#include <optional>
#include <vector>

namespace meshhost::plugin::proto {

struct job {
    std::uint64_t tag = 0;
    void* data = nullptr;  ///< the plugin's
};

class job_queues {
public:
    using lane = std::uint64_t;  ///< of one instance

    struct turn {
        lane of = 0;
        job next;
    };

    /// At most `running_max` jobs of one lane run at once.
    explicit job_queues(std::size_t running_max)
        : running_max_(running_max) {}

    lane open();
    /// false: the lane is closed.
    bool push(lane to, const job& added);
    /// The next to run; done() follows. nullopt: nothing may run now.
    std::optional<turn> take();
    void done(lane of);
    /// No more jobs until resume(): those that were waiting.
    std::vector<job> pause(lane which);
    void resume(lane which);
    /// No more jobs: those that were waiting. The lane goes when none of it runs any more.
    std::vector<job> close(lane which);

    std::size_t running(lane of) const;
    std::size_t lanes() const noexcept { return lanes_.size(); }

private:
    struct state {
        std::deque<job> waiting;
        std::size_t running = 0;
        bool is_paused = false;
        bool is_closed = false;
    };

    void drop_if_over(lane which);

    std::size_t running_max_;
    std::map<lane, state> lanes_;
    lane last_opened_ = 0;
    lane last_served_ = 0;
};

}  // namespace meshhost::plugin::proto
