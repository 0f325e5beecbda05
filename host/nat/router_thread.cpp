// SPDX-License-Identifier: Apache-2.0
#include "nat/router_thread.hpp"

#include "net/shard.hpp"

#include <condition_variable>
#include <csignal>
#include <deque>
#include <mutex>
#include <pthread.h>
#include <thread>

namespace meshhost::nat {

namespace {

constexpr auto patience_at_the_end = std::chrono::seconds(1);

bool is_for_mapping(const router_request& request) noexcept {
    return request.lifetime.count() != 0;
}

}  // namespace

struct router_thread::state : std::enable_shared_from_this<state> {
    std::optional<ip_endpoint> gateway;
    teller tell;  ///< of the shard's thread alone; empty once nobody wants to hear

    std::mutex guard;
    std::condition_variable changed;
    net::shard* shard = nullptr;  ///< null: gone
    std::deque<router_request> waiting;
    bool is_ending = false;
    bool is_over = false;

    void run() {
        // Signals are the shard's.
        sigset_t all;
        sigfillset(&all);
        ::pthread_sigmask(SIG_BLOCK, &all, nullptr);
        ::pthread_setname_np(::pthread_self(), "mesh-router");
        std::unique_lock lock(guard);
        for (;;) {
            changed.wait(lock, [this] { return is_ending || !waiting.empty(); });
            if (waiting.empty()) break;
            const router_request next = waiting.front();
            waiting.pop_front();
            lock.unlock();
            const router_answer answer = carry_out(next);
            lock.lock();
            if (shard == nullptr) continue;
            shard->post([weak = weak_from_this(), answer] {
                const auto self = weak.lock();
                if (self && self->tell) self->tell(answer);
            });
        }
        is_over = true;
        changed.notify_all();
    }

    router_answer carry_out(const router_request& request) const {
        const auto router = gateway ? gateway : default_gateway();
        if (!router) return {request.number, proto::attempt_result::no_router, {}, {}};
        return ask_router(request, *router);
    }
};

router_thread::router_thread(net::shard& shard, teller tell, std::optional<ip_endpoint> gateway)
    : state_(std::make_shared<state>()) {
    state_->shard = &shard;
    state_->tell = std::move(tell);
    state_->gateway = gateway;
    std::thread([shared = state_] { shared->run(); }).detach();
}

router_thread::~router_thread() {
    state_->tell = nullptr;
    std::unique_lock lock(state_->guard);
    state_->shard = nullptr;
    // Only what gives back is worth waiting for.
    std::erase_if(state_->waiting, is_for_mapping);
    state_->is_ending = true;
    state_->changed.notify_all();
    state_->changed.wait_for(lock, patience_at_the_end, [this] { return state_->is_over; });
}

void router_thread::ask(const router_request& request) {
    const std::lock_guard lock(state_->guard);
    if (request.lifetime.count() != 0) std::erase_if(state_->waiting, is_for_mapping);
    if (state_->waiting.size() >= queue_max) state_->waiting.pop_front();
    state_->waiting.push_back(request);
    state_->changed.notify_all();
}

}  // namespace meshhost::nat
