// SPDX-License-Identifier: Apache-2.0
#pragma once
// Writes an instance's commits, in order, on a thread of its own: a commit waits for the disk, and
// a strand does not wait.
#include "plugin/event_queue.hpp"
#include "plugin/proto/handle_table.hpp"
#include "plugin/proto/state_stage.hpp"
#include "plugin/state_file.hpp"

#include <condition_variable>
#include <deque>
#include <memory>
#include <mutex>
#include <thread>

namespace meshhost::plugin {

/// How each commit went is said to `events`. Destroying it waits until all are written. One thread
/// feeds it: the strand.
class state_committer {
public:
    state_committer(state_file file, std::shared_ptr<event_queue> events);
    state_committer(const state_committer&) = delete;
    state_committer& operator=(const state_committer&) = delete;
    ~state_committer();

    void write(proto::handle commit, proto::state_batch_ptr batch);

private:
    struct order {
        proto::handle commit = 0;
        proto::state_batch_ptr batch;
    };

    void run();

    state_file file_;
    std::shared_ptr<event_queue> events_;
    std::mutex mutex_;  ///< of what follows
    std::condition_variable changed_;
    std::deque<order> orders_;
    bool is_ending_ = false;
    std::thread thread_;
};

}  // namespace meshhost::plugin
