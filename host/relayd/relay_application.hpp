// SPDX-License-Identifier: Apache-2.0
#pragma once
// The process around a relay: its configuration, its sockets, its signals, what it prints.
#include "http/http_server.hpp"
#include "net/deadline_timer.hpp"
#include "net/signals.hpp"
#include "net/tls_context.hpp"
#include "process/service_notifier.hpp"
#include "relayd/relay_config.hpp"
#include "relayd/relay_line.hpp"
#include "relayd/relay_server.hpp"
#include "relayd/stun_listener.hpp"

#include <memory>
#include <string>
#include <vector>

namespace meshhost::relayd {

/// Lifecycle: make it, run() once. Blocks until the relay has stopped.
class relay_application final : net::signal_sink, net::deadline_sink, public http::request_handler {
public:
    explicit relay_application(relay_line line);
    ~relay_application() override;

    /// Errors: whatever kept it from starting, or is wrong with its file.
    outcome<void> run();

private:
    outcome<relay_config> read_config() const;
    outcome<void> check(const relay_config& config) const;
    outcome<void> start();
    void warn_of_certificate() const;
    outcome<void> serve_stun();
    outcome<void> serve_metrics();
    void announce() const;
    void reload();

    void on_signal(net::signal_kind signal) override;
    void on_deadline(time_point) override { shard_.stop(); }
    void on_request(const http::request& asked, std::shared_ptr<http::exchange> answer) override;
    http::response describe_fault(unsigned status, std::string_view reason) override;

    relay_line line_;
    relay_config config_;
    logger log_{"relay"};
    net::shard shard_;
    process::service_notifier notifier_;
    net::signal_watch signals_;
    net::deadline_timer patience_;  ///< with clients that are to go
    std::unique_ptr<net::tls_server_context> tls_;
    std::unique_ptr<relay_server> server_;
    std::unique_ptr<stun_listener> stun_;  ///< nullptr: none
    std::unique_ptr<http::http_server> metrics_;
    std::vector<std::string> urls_;
    std::string metrics_url_;
    bool is_stopping_ = false;
};

/// What main() does.
int relay_main(std::vector<std::string> words);

}  // namespace meshhost::relayd
