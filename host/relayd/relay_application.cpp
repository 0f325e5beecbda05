// SPDX-License-Identifier: Apache-2.0
#include "relayd/relay_application.hpp"

#include "config/surroundings.hpp"
#include "http/envelope.hpp"
#include "http/tcp_listener.hpp"
#include "identity/sodium.hpp"
#include "net/tls_certificate.hpp"
#include "relayd/relay_metrics.hpp"
#include "telemetry/prometheus.hpp"

#include <boost/json/array.hpp>
#include <boost/json/serialize.hpp>
#include <fmt/format.h>

#include <sys/resource.h>

#include <algorithm>
#include <cstdio>

#include <sodium/randombytes.h>

namespace meshhost::relayd {

namespace {

constexpr duration stop_limit = 4s;
constexpr rlim_t other_descriptors = 64;  ///< besides those of clients

void print(std::FILE* to, const std::string& text) {
    std::fputs(text.c_str(), to);  // that nobody reads it is no reason to fail
    std::fflush(to);
}

std::string url_of(const ip_endpoint& where, bool is_secure) {
    return fmt::format("{}://{}/", is_secure ? "https" : "http", where.to_string());
}

/// A descriptor for each client, as far as the machine allows.
void raise_descriptor_limit(std::size_t clients, const logger& log) {
    rlimit limit{};
    if (::getrlimit(RLIMIT_NOFILE, &limit) != 0) return;
    const rlim_t wanted = clients + other_descriptors;
    if (limit.rlim_cur >= wanted) return;
    limit.rlim_cur = std::min(wanted, limit.rlim_max);
    ::setrlimit(RLIMIT_NOFILE, &limit);
    if (limit.rlim_cur < wanted)
        log.warn(
            "descriptors for {} clients only, limits.connections is {}",
            limit.rlim_cur - other_descriptors,
            clients
        );
}

std::uint64_t random_number() {
    std::uint64_t out = 0;
    randombytes_buf(&out, sizeof out);
    return out;
}

int report(const failure& error, bool as_json) {
    if (as_json) {
        print(stdout, boost::json::serialize(http::make_error_envelope(error)) + "\n");
    } else {
        print(stderr, fmt::format("error: {} [{}]\n", error.message, error.code));
        if (!error.hint.empty()) print(stderr, fmt::format("hint:  {}\n", error.hint));
    }
    return static_cast<int>(error.exit);
}

}  // namespace

relay_application::relay_application(relay_line line)
    : line_(std::move(line))
    , notifier_(config::read_surroundings().variable("NOTIFY_SOCKET"))
    , signals_(shard_, *this)
    , patience_(shard_, *this) {}

relay_application::~relay_application() = default;

outcome<relay_config> relay_application::read_config() const {
    auto read = read_relay_config(line_.config);
    if (!read) return config::to_failure(read.error());
    if (!line_.listen.empty()) read->listen = line_.listen;
    if (!line_.stun.empty()) read->stun_listen = line_.stun;
    return std::move(*read);
}

/// What the file names has to be there.
outcome<void> relay_application::check(const relay_config& config) const {
    if (config.tls_listen.empty()) return {};
    const auto made = net::tls_server_context::make(config.tls_cert, config.tls_key);
    if (!made) return made.error();
    return {};
}

outcome<void> relay_application::run() {
    auto read = read_config();
    if (!read) return read.error();
    if (line_.is_check) {
        if (const auto checked = check(*read); !checked) return checked;
        print(stdout, "the configuration is well\n");
        return {};
    }
    config_ = std::move(*read);
    start_logging(config_.level);
    raise_descriptor_limit(config_.admission.connections, log_);
    if (const auto done = signals_.start(); !done)
        return failure{
            exit_code::failure,
            "E_SIGNALS",
            fmt::format("cannot take signals: {}", done.error().message()),
            ""};
    if (const auto done = start(); !done) return done;
    announce();
    shard_.run();
    return {};
}

outcome<void> relay_application::start() {
    relay_server_options options{
        .relay = config_.server,
        .admission = config_.admission,
        .handshake_timeout = config_.handshake_timeout,
        .seed = random_number(),
        .log = log_};
    options.relay.access = config_.access();
    server_ = std::make_unique<relay_server>(shard_, std::move(options));
    if (!config_.listen.empty()) {
        const auto bound = server_->listen(*ip_endpoint::parse(config_.listen), nullptr);
        if (!bound) return bound.error();
        urls_.push_back(url_of(*bound, false));
    }
    if (!config_.tls_listen.empty()) {
        auto made = net::tls_server_context::make(config_.tls_cert, config_.tls_key);
        if (!made) return made.error();
        tls_ = std::move(*made);
        warn_of_certificate();
        const auto bound = server_->listen(*ip_endpoint::parse(config_.tls_listen), tls_.get());
        if (!bound) return bound.error();
        urls_.push_back(url_of(*bound, true));
    }
    if (const auto done = serve_stun(); !done) return done;
    return config_.metrics_listen.empty() ? outcome<void>() : serve_metrics();
}

void relay_application::warn_of_certificate() const {
    for (const auto& each : net::certificate_concerns(*tls_, {}, std::chrono::system_clock::now()))
        log_.warn("{}", each);
}

/// At the usual port only if it is free: nobody asked for it by name.
outcome<void> relay_application::serve_stun() {
    if (config_.stun_listen.empty()) return {};
    const bool is_usual = config_.stun_listen == usual_stun;
    const auto& relay = config_.listen.empty() ? config_.tls_listen : config_.listen;
    auto where = *ip_endpoint::parse(is_usual ? relay : config_.stun_listen);
    if (is_usual) where.port = nat::proto::stun_port;
    auto made = stun_listener::listen(shard_, where, random_number());
    if (made) {
        stun_ = std::move(*made);
        return {};
    }
    if (!is_usual) return made.error();
    log_.warn("no STUN: {}", made.error().message);
    return {};
}

outcome<void> relay_application::serve_metrics() {
    auto bound = http::tcp_listener::bind(*ip_endpoint::parse(config_.metrics_listen));
    if (!bound) return bound.error();
    metrics_url_ = fmt::format("http://{}/metrics", bound->bound().to_string());
    metrics_ = std::make_unique<http::http_server>(
        shard_,
        std::make_unique<http::tcp_listener>(std::move(*bound)),
        *this
    );
    return {};
}

void relay_application::announce() const {
    if (line_.json) {
        boost::json::object data;
        data["urls"] = boost::json::array(urls_.begin(), urls_.end());
        if (stun_ != nullptr) data["stun"] = stun_->bound().to_string();
        if (!metrics_url_.empty()) data["metrics"] = metrics_url_;
        print(stdout, boost::json::serialize(http::make_envelope("relay", std::move(data))) + "\n");
    } else {
        std::string text;
        for (const auto& url : urls_)
            text += fmt::format("relay    {}\n", url);
        if (stun_ != nullptr) text += fmt::format("stun     {}\n", stun_->bound().to_string());
        if (!metrics_url_.empty()) text += fmt::format("metrics  {}\n", metrics_url_);
        print(stdout, text + "ready\n");
    }
    notifier_.say(fmt::format("READY=1\nSTATUS=serving at {}", urls_.front()));
}

/// The first wish to stop is carried out in order, the second at once.
void relay_application::on_signal(net::signal_kind signal) {
    if (signal == net::signal_kind::user1) return;
    if (signal == net::signal_kind::hangup) return reload();
    if (std::exchange(is_stopping_, true)) return shard_.stop();
    notifier_.say("STOPPING=1");
    patience_.arm(shard_.now() + stop_limit);
    if (metrics_) metrics_->close();
    server_->shut_down([this] {
        log_.info("stopped");
        shard_.stop();
    });
}

/// Who is served, and the certificate; the rest needs a restart. All of it, or nothing.
void relay_application::reload() {
    const auto refuse = [this](const failure& why) {
        log_.error("reload refused: {} [{}]", why.message, why.code);
    };
    auto read = read_config();
    if (!read) return refuse(read.error());
    std::unique_ptr<net::tls_server_context> tls;
    if (tls_ != nullptr && !read->tls_cert.empty()) {
        auto made = net::tls_server_context::make(read->tls_cert, read->tls_key);
        if (!made) return refuse(made.error());
        tls = std::move(*made);
        server_->replace_tls(tls.get());
        tls_ = std::move(tls);  // connections that are there keep the old one alive
        warn_of_certificate();
    }
    set_log_level(read->level);
    server_->set_access(read->access());
    log_.info("read the configuration again");
}

/// At metrics.listen, which is for the operator: the relay's own ports tell nobody numbers.
void relay_application::on_request(
    const http::request& asked,
    std::shared_ptr<http::exchange> answer
) {
    if (asked.method == "GET" && asked.path == "/metrics") {
        telemetry::prometheus_text text;
        text.add(relay_metrics(*server_));
        if (stun_ != nullptr) text.add(stun_metrics(*stun_));
        return answer->reply({200, "text/plain; version=0.0.4; charset=utf-8", text.text()});
    }
    const page out = relay_page(asked);
    answer->reply({out.status, out.content_type, out.body, out.headers});
}

http::response relay_application::describe_fault(unsigned status, std::string_view reason) {
    return {status, "text/plain; charset=utf-8", std::string(reason)};
}

int relay_main(std::vector<std::string> words) {
    const bool as_json = std::ranges::find(words, "--json") != words.end();
    identity::require_sodium();
    auto line = parse_relay_line(std::move(words));
    if (!line) return report(line.error(), as_json);
    if (!line->text.empty()) {
        print(stdout, line->text);
        return static_cast<int>(exit_code::ok);
    }
    relay_application application(std::move(*line));
    const auto done = application.run();
    if (!done) return report(done.error(), as_json);
    return static_cast<int>(exit_code::ok);
}

}  // namespace meshhost::relayd
