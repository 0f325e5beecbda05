// SPDX-License-Identifier: Apache-2.0
#pragma once
// The few threads of this process that run what roles hand over by mesh.worker/1.
#include "base/time.hpp"
#include "plugin/proto/job_queues.hpp"

#include <condition_variable>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <vector>

namespace meshhost::plugin {

/// Any thread. Its threads are started when there is work for them and stay.
class worker_pool {
public:
    using lane = proto::job_queues::lane;
    using runner = std::function<void(const proto::job&)>;

    /// The one of this process. Never destroyed: a stranger's code may sit in it for ever.
    static worker_pool& shared();

    /// `run` is called for each job of the lane, on several threads at once; may not throw.
    lane open(runner run);
    /// false: the lane is paused or closed.
    bool submit(lane to, const proto::job& added);
    /// No more jobs until resume(); those that had not begun.
    std::vector<proto::job> pause(lane which);
    void resume(lane which);
    /// No more jobs; those that had not begun.
    std::vector<proto::job> close(lane which);
    /// Whether nothing of the lane runs any more at `deadline`.
    bool wait_idle(lane which, time_point deadline);

    std::size_t threads() const;

private:
    explicit worker_pool(std::size_t threads);
    void work();

    std::size_t threads_max_;
    mutable std::mutex mutex_;  ///< of what follows
    std::condition_variable added_;
    std::condition_variable ended_;
    proto::job_queues queues_;
    std::map<lane, std::shared_ptr<const runner>> runners_;
    std::size_t threads_ = 0;
    std::size_t idle_ = 0;
};

}  // namespace meshhost::plugin
