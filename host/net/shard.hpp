// SPDX-License-Identifier: Apache-2.0
#pragma once
// One thread's event loop and clock. Everything a shard owns is used from its thread alone, so
// nothing in it is locked; other threads reach it by post().
#include "base/time.hpp"
#include "net/timer_ledger.hpp"

#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>

#include <atomic>
#include <cstdint>
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
        posted_.fetch_add(1, std::memory_order_relaxed);
        boost::asio::post(context_, [this, work = std::forward<Work>(work)]() mutable {
            begun_.fetch_add(1, std::memory_order_relaxed);
            work();
        });
    }

    timer_ledger& timers() noexcept { return timers_; }
    const timer_ledger& timers() const noexcept { return timers_; }

    /// Work that was posted and has not begun. Any thread, about right.
    std::uint64_t tasks_waiting() const noexcept {
        const auto begun = begun_.load(std::memory_order_relaxed);
        return posted_.load(std::memory_order_relaxed) - begun;
    }
    std::uint64_t tasks_posted() const noexcept { return posted_.load(std::memory_order_relaxed); }

private:
    timer_ledger timers_;  // waits that the loop still has outlive their timers: so it goes last
    std::atomic<std::uint64_t> posted_ = 0;
    std::atomic<std::uint64_t> begun_ = 0;
    boost::asio::io_context context_;
    std::thread::id thread_ = std::this_thread::get_id();
};

}  // namespace meshhost::net
