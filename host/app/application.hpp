// SPDX-License-Identifier: Apache-2.0
#pragma once
// The process around a host: its thread, its signals, what it prints, whom it notifies.
#include "app/command_line.hpp"
#include "app/host.hpp"
#include "net/deadline_timer.hpp"
#include "net/signals.hpp"
#include "process/service_notifier.hpp"

#include <memory>
#include <optional>

namespace meshhost::app {

/// How the process is to end.
struct departure {
    exit_code exit = exit_code::ok;
    bool is_clean = true;  ///< false: threads of plugins are stuck, so end without unwinding
};

/// Lifecycle: make it, run() once. Blocks until the host has stopped.
class application final : private net::signal_sink,
                          private net::deadline_sink,
                          private host_observer {
public:
    explicit application(start_options options);
    ~application();

    /// Errors: whatever kept the host from starting.
    outcome<departure> run();

private:
    outcome<host_options> prepare();
    outcome<config::loaded_config> read_settings() const;
    void reload();
    outcome<void> listen_to_signals();

    void on_signal(net::signal_kind signal) override;
    void on_deadline(time_point now) override;
    void on_host_ready() override;
    void on_host_stopped(std::size_t abandoned) override;

    start_options options_;
    logger log_{"app"};
    net::shard shard_;
    time_point started_;
    process::service_notifier notifier_;
    net::signal_watch signals_;
    net::deadline_timer patience_;  ///< with a host that is to stop
    std::unique_ptr<host> host_;
    departure departure_;
    bool is_stopping_ = false;
};

}  // namespace meshhost::app
