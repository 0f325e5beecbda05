// SPDX-License-Identifier: Apache-2.0
#pragma once
// One thread's event loop and clock. Everything a shard owns is used from its thread alone, so
// nothing in it is locked; other threads reach it by post().
#include "base/time.hpp"

#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>

#include <thread>
#include <utility>

namespace meshhost::net {

/// Lifecycle: make it, build what lives on it, run() on the thread that is to own it, stop()
/// from anywhere. run() returns after stop().
class shard {
public:
    shard()
        : context_(1) {}
    shard(const shard&) = delete;
    shard& operator=(const shard&) = delete;

    boost::asio::io_context& context() noexcept { return context_; }

    /// The monotonic clock. The only place in the host that reads it.
    time_point now() const noexcept {
        return time_point(std::chrono::steady_clock::now().time_since_epoch());
    }

    bool running_in_this_thread() const noexcept { return thread_ == std::this_thread::get_id(); }

    void run() {
        thread_ = std::this_thread::get_id();
        context_.run();
    }

    /// Any thread.
    void stop() { context_.stop(); }

    /// Any thread: runs `work` on the shard's thread, never inside the call.
    template <class Work>
    void post(Work&& work) {
        boost::asio::post(context_, std::forward<Work>(work));
    }

private:
    boost::asio::io_context context_;
    std::thread::id thread_ = std::this_thread::get_id();
};

}  // namespace meshhost::net
