// SPDX-License-Identifier: Apache-2.0
#include "plugin/worker_pool.hpp"

#include "plugin/proto/limits.hpp"

#include <algorithm>
#include <pthread.h>
#include <thread>
#include <utility>

namespace meshhost::plugin {

worker_pool& worker_pool::shared() {
    static auto* const pool = new worker_pool(std::clamp<std::size_t>(
        std::thread::hardware_concurrency(),
        proto::worker_threads_min,
        proto::worker_threads_max
    ));
    return *pool;
}

/// One thread stays free of each instance, so that one that fills the pool is not alone in it.
worker_pool::worker_pool(std::size_t threads)
    : threads_max_(threads)
    , queues_(threads - 1) {}

worker_pool::lane worker_pool::open(runner run) {
    const std::lock_guard lock(mutex_);
    const lane made = queues_.open();
    runners_.emplace(made, std::make_shared<const runner>(std::move(run)));
    return made;
}

bool worker_pool::submit(lane to, const proto::job& added) {
    const std::lock_guard lock(mutex_);
    if (idle_ == 0 && threads_ < threads_max_) {
        std::thread([this] { work(); }).detach();
        ++threads_;
    }
    if (!queues_.push(to, added)) return false;
    added_.notify_one();
    return true;
}

std::vector<proto::job> worker_pool::pause(lane which) {
    const std::lock_guard lock(mutex_);
    return queues_.pause(which);
}

void worker_pool::resume(lane which) {
    const std::lock_guard lock(mutex_);
    queues_.resume(which);
}

std::vector<proto::job> worker_pool::close(lane which) {
    const std::lock_guard lock(mutex_);
    runners_.erase(which);
    return queues_.close(which);
}

bool worker_pool::wait_idle(lane which, time_point deadline) {
    std::unique_lock lock(mutex_);
    const std::chrono::steady_clock::time_point until(deadline.time_since_epoch());
    return ended_.wait_until(lock, until, [&] { return queues_.running(which) == 0; });
}

std::size_t worker_pool::threads() const {
    const std::lock_guard lock(mutex_);
    return threads_;
}

void worker_pool::work() {
    ::pthread_setname_np(::pthread_self(), "mesh-worker");
    std::unique_lock lock(mutex_);
    while (true) {
        const auto turn = queues_.take();
        if (!turn) {
            ++idle_;
            added_.wait(lock);
            --idle_;
            continue;
        }
        const auto run = runners_.at(turn->of);  // of an open lane: the closed have no jobs
        lock.unlock();
        (*run)(turn->next);
        lock.lock();
        queues_.done(turn->of);
        added_.notify_one();  // a lane that had enough running may have more
        ended_.notify_all();
    }
}

}  // namespace meshhost::plugin
