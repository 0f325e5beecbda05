// SPDX-License-Identifier: Apache-2.0
#include "plugin/instance_jobs.hpp"

#include "plugin/proto/limits.hpp"

#include <spdlog/fmt/fmt.h>

#include <utility>

namespace meshhost::plugin {

using proto::call_error;
using proto::call_result;

instance_jobs::instance_jobs(role_calls& role, std::shared_ptr<event_queue> events)
    : role_(role)
    , events_(std::move(events))
    , lane_(open_lane()) {}

worker_pool::lane instance_jobs::open_lane() {
    const auto own = std::make_shared<std::atomic<worker_pool::lane>>(0);
    const auto made = pool_.open([this, own](const proto::job& job) {
        call_report report = role_.run(job.tag, job.data);
        events_->settle(work_done{
            *own,
            job.tag,
            job.data,
            report.status,
            report.crossed ? std::move(report.words) : std::string(),
            report.crossed});
    });
    *own = made;  // before anybody can submit to it
    return made;
}

instance_jobs::~instance_jobs() {
    close();
    wait_idle(no_deadline);
}

call_result<> instance_jobs::submit(std::uint64_t tag, void* data) {
    if (!role_.can_run()) {
        return call_error{MESH_E_UNSUPPORTED, "the role has no " MESH_PLUGIN_EXT_WORKER};
    }
    if (++open_ > proto::jobs_max) {
        --open_;
        return call_error{
            MESH_E_AGAIN,
            fmt::format("{} jobs of this instance are under way", proto::jobs_max)};
    }
    if (pool_.submit(lane_, {tag, data})) return {};
    --open_;
    return call_error{MESH_E_CLOSED, "the role is being stopped"};
}

void instance_jobs::end(const std::vector<proto::job>& unbegun) {
    for (const proto::job& each : unbegun)
        events_->settle(work_done{lane_, each.tag, each.data, MESH_E_CLOSED, {}, false});
}

void instance_jobs::pause() {
    end(pool_.pause(lane_));
}

void instance_jobs::close() {
    end(pool_.close(lane_));
}

}  // namespace meshhost::plugin
