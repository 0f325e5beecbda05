// SPDX-License-Identifier: Apache-2.0
#include "plugin/state_committer.hpp"

#include <pthread.h>
#include <utility>

namespace meshhost::plugin {

state_committer::state_committer(state_file file, std::shared_ptr<event_queue> events)
    : file_(std::move(file))
    , events_(std::move(events))
    , thread_([this] { run(); }) {
    ::pthread_setname_np(thread_.native_handle(), "mesh-state");
}

state_committer::~state_committer() {
    {
        const std::lock_guard lock(mutex_);
        is_ending_ = true;
    }
    changed_.notify_one();
    thread_.join();
}

void state_committer::write(proto::handle commit, proto::state_batch_ptr batch) {
    {
        const std::lock_guard lock(mutex_);
        orders_.push_back({commit, std::move(batch)});
    }
    changed_.notify_one();
}

void state_committer::run() {
    std::unique_lock lock(mutex_);
    while (true) {
        changed_.wait(lock, [this] { return is_ending_ || !orders_.empty(); });
        if (orders_.empty()) return;
        const order next = std::move(orders_.front());
        orders_.pop_front();
        lock.unlock();
        commit_done done{next.commit, MESH_OK, {}};
        if (auto written = file_.apply(*next.batch); !written) {
            done.status = written.error().code;
            done.words = std::move(written.error().text);
        }
        events_->settle(std::move(done));
        lock.lock();
    }
}

}  // namespace meshhost::plugin
