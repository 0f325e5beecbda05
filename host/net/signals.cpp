// SPDX-License-Identifier: Apache-2.0
#include "net/signals.hpp"

#include "net/shard.hpp"

#include <boost/asio/signal_set.hpp>

#include <array>
#include <csignal>
#include <optional>

namespace meshhost::net {

namespace {

struct watched_signal {
    int number;
    signal_kind kind;
};

constexpr std::array watched_signals{
    watched_signal{SIGTERM, signal_kind::terminate},
    watched_signal{SIGINT, signal_kind::interrupt},
    watched_signal{SIGHUP, signal_kind::hangup},
    watched_signal{SIGUSR1, signal_kind::user1},
};

std::optional<signal_kind> kind_of(int number) noexcept {
    for (const watched_signal& each : watched_signals)
        if (each.number == number) return each.kind;
    return std::nullopt;
}

}  // namespace

struct signal_watch::state {
    state(shard& owner, signal_sink& sink_)
        : sink(&sink_)
        , signals(owner.context()) {}

    static void wait(const std::shared_ptr<state>& self) {
        self->signals.async_wait([self](const error_code& error, int number) {
            if (error || self->sink == nullptr) return;
            wait(self);
            if (const auto kind = kind_of(number)) self->sink->on_signal(*kind);
        });
    }

    signal_sink* sink;  ///< nullptr once the watch is destroyed
    boost::asio::signal_set signals;
};

signal_watch::signal_watch(shard& owner, signal_sink& sink)
    : state_(std::make_shared<state>(owner, sink)) {}

signal_watch::~signal_watch() {
    state_->sink = nullptr;
    error_code ignored;
    state_->signals.clear(ignored);
    state_->signals.cancel(ignored);
}

result<void> signal_watch::start() {
    for (const watched_signal& each : watched_signals) {
        error_code error;
        state_->signals.add(each.number, error);
        if (error) return error;
    }
    state::wait(state_);
    return {};
}

}  // namespace meshhost::net
