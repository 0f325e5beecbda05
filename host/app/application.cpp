// SPDX-License-Identifier: Apache-2.0
#include "app/application.hpp"

#include "app/announcement.hpp"
#include "config/surroundings.hpp"

#include <boost/json/serialize.hpp>
#include <fmt/format.h>

#include <cstdio>

namespace meshhost::app {

namespace {

/// After this, what has not stopped is left behind. The whole stop takes at most five seconds.
constexpr duration stop_limit = 4800ms;

void print(std::string_view text) {
    [[maybe_unused]] const auto written = std::fwrite(text.data(), 1, text.size(), stdout);
    std::fflush(stdout);
}

}  // namespace

application::application(start_options options)
    : options_(std::move(options))
    , started_(shard_.now())
    , notifier_(config::read_surroundings().variable("NOTIFY_SOCKET"))
    , signals_(shard_, *this)
    , patience_(shard_, *this) {}

application::~application() = default;

outcome<departure> application::run() {
    auto prepared = prepare();
    if (!prepared) return prepared.error();
    if (const auto done = listen_to_signals(); !done) return done.error();
    host_observer& observer = *this;
    host_ = std::make_unique<host>(shard_, std::move(*prepared), observer);
    if (const auto done = host_->start(); !done) return done.error();
    shard_.run();
    return departure_;
}

outcome<host_options> application::prepare() {
    const auto started_at = std::chrono::system_clock::now();
    auto loaded = read_settings();
    if (!loaded) return loaded.error();
    start_logging(loaded->values.log.level);
    for (const auto& warning : loaded->warnings)
        log_.warn("{}: {}", warning.where, warning.message);

    host_options options{
        .settings = std::move(*loaded),
        .plugins = {},
        .is_safe = options_.safe_mode,
        .around = config::read_surroundings(),
        .reread = [this] { return read_settings(); },
        .started = started_,
        .started_at = started_at};
    for (const auto& path : options_.plugins)
        options.plugins.push_back({path, "", ""});
    return options;
}

/// The files may say something else each time; the command line does not.
outcome<config::loaded_config> application::read_settings() const {
    auto loaded = config::read_config(options_.request, config::read_surroundings());
    if (!loaded) return config::to_failure(loaded.error());
    for (const auto& text : options_.peers) {
        const auto peer = identity::parse_peer(text);
        if (!peer) return peer.error();
    }
    config::add_peers(*loaded, options_.peers, "--peer");
    return std::move(*loaded);
}

/// Nobody waits for the answer: the log has it.
void application::reload() {
    (void)host_->reload_config([](const admin::reload_snapshot&) {});
}

outcome<void> application::listen_to_signals() {
    const auto done = signals_.start();
    if (done) return {};
    return failure{
        exit_code::failure,
        "E_SIGNALS",
        fmt::format("cannot take signals: {}", done.error().message()),
        ""};
}

void application::on_host_ready() {
    const auto node = host_->api().node();
    const auto plugins = host_->api().plugins();
    const open_ports open{host_->dashboard_link(), host_->health_port()};
    if (options_.json)
        print(boost::json::serialize(ready_json(node, plugins, host_->socket(), open)) + "\n");
    else
        print(ready_text(node, plugins, host_->socket(), open));
    notifier_.say(fmt::format("READY=1\nSTATUS=ready as {}", node.name));
}

/// The first wish to stop is carried out in order, the second at once.
void application::on_signal(net::signal_kind signal) {
    if (signal == net::signal_kind::hangup && !is_stopping_) return reload();
    if (signal == net::signal_kind::hangup || signal == net::signal_kind::user1) {
        log_.info("nothing to do for this signal");
        return;
    }
    if (std::exchange(is_stopping_, true)) {
        host_->stop_now();
        return;
    }
    notifier_.say("STOPPING=1\nSTATUS=draining");
    patience_.arm(shard_.now() + stop_limit);
    host_->async_stop();
}

void application::on_deadline(time_point) {
    log_.warn("what has not stopped by now is left behind");
    host_->stop_now();
}

void application::on_host_stopped(std::size_t abandoned) {
    patience_.arm(no_deadline);
    departure_.is_clean = abandoned == 0;
    log_.info("stopped");
    shard_.stop();
}

}  // namespace meshhost::app
