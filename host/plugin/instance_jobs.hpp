// SPDX-License-Identifier: Apache-2.0
#pragma once
// mesh.worker/1 of one instance: its lane in the pool, and how many of its jobs are not over.
#include "plugin/event_queue.hpp"
#include "plugin/proto/call_error.hpp"
#include "plugin/role_calls.hpp"
#include "plugin/worker_pool.hpp"

#include <atomic>
#include <memory>
#include <vector>

namespace meshhost::plugin {

/// Any thread, unless said otherwise. `role` outlives the jobs.
class instance_jobs {
public:
    instance_jobs(role_calls& role, std::shared_ptr<event_queue> events);
    instance_jobs(const instance_jobs&) = delete;
    instance_jobs& operator=(const instance_jobs&) = delete;
    ~instance_jobs();

    /// Errors: MESH_E_UNSUPPORTED for a role without run(); MESH_E_AGAIN; MESH_E_CLOSED.
    proto::call_result<> submit(std::uint64_t tag, void* data);

    /// The strand: a job has ended. false: it was one of other code.
    bool finish(worker_pool::lane of) noexcept {
        if (of != lane_) return false;
        --open_;
        return true;
    }
    /// Submitted, and the strand has not heard the end.
    std::size_t open() const noexcept { return open_; }

    /// The strand. No more jobs until resume(); those that have not begun end as MESH_E_CLOSED.
    void pause();
    void resume() { pool_.resume(lane_); }
    /// The strand. As pause(), for good.
    void close();
    /// The strand. false: one of them still runs.
    bool wait_idle(time_point deadline) { return pool_.wait_idle(lane_, deadline); }

private:
    worker_pool::lane open_lane();
    void end(const std::vector<proto::job>& unbegun);

    worker_pool& pool_ = worker_pool::shared();
    role_calls& role_;
    std::shared_ptr<event_queue> events_;
    const worker_pool::lane lane_;
    std::atomic<std::size_t> open_ = 0;
};

}  // namespace meshhost::plugin
