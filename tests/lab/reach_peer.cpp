// SPDX-License-Identifier: Apache-2.0
// Two endpoints that move between a relay and direct paths while one sends the other a stream. Says
// what happens in lines of JSON; reach_faults_test.py reads them.
#include "base/prng.hpp"
#include "interop/command_reader.hpp"
#include "net/deadline_timer.hpp"
#include "net/shard.hpp"
#include "reach/outside_watch.hpp"
#include "reach/reach_service.hpp"
#include "transport/accept_route.hpp"
#include "transport/endpoint.hpp"

#include <algorithm>
#include <cstdio>

#include <CLI/App.hpp>
#include <CLI/Config.hpp>
#include <CLI/Formatter.hpp>
#include <sodium/core.h>
#include <sodium/randombytes.h>

using namespace meshhost;

namespace {

constexpr const char* alpn = "lab/transfer/1";

struct arguments {
    std::vector<std::string> relays;
    std::vector<std::string> stun;
    std::string to;
    std::uint64_t bytes = 0;
    std::uint64_t rate = 0;  ///< bytes a second
};

/// What is sent at each place of the stream: whatever is lost, repeated or moved shows.
std::uint8_t byte_at(std::uint64_t place) {
    std::uint64_t mixed = (place + 1) * 0x9e37'79b9'7f4a'7c15;
    mixed ^= mixed >> 29;
    return static_cast<std::uint8_t>(mixed * 0xbf58'476d'1ce4'e5b9 >> 56);
}

class receiver final : public transport::connection_handler,
                       public transport::stream_handler,
                       public std::enable_shared_from_this<receiver> {
    void on_stream(transport::connection&, std::shared_ptr<transport::stream> opened) override {
        opened->set_handler(shared_from_this());
        stream_ = std::move(opened);
    }
    void on_data(transport::stream& from, bytes_view data, bool fin) override {
        for (const std::uint8_t byte : data)
            is_intact_ = is_intact_ && byte == byte_at(received_++);
        from.consume(data.size());
        if (!fin) return;
        interop::say({{"event", "received"}, {"bytes", received_}, {"intact", is_intact_}});
        (void)from.write({}, true);
    }
    void on_closed(transport::connection&, const transport::close_reason&) override {
        stream_ = nullptr;
    }

    std::shared_ptr<transport::stream> stream_;
    std::uint64_t received_ = 0;
    bool is_intact_ = true;
};

/// At an even pace, so that it lasts while things happen.
class sender final : public transport::connection_handler,
                     public transport::stream_handler,
                     public std::enable_shared_from_this<sender>,
                     net::deadline_sink {
public:
    sender(net::shard& shard, std::uint64_t bytes, std::uint64_t rate)
        : shard_(shard)
        , bytes_(bytes)
        , rate_(rate)
        , timer_(shard, *this) {}

private:
    void on_connected(transport::connection& connection) override {
        began_ = shard_.now();
        stream_ = connection.open_bidi(shared_from_this());
        interop::say({{"event", "connected"}});
        send();
    }
    void on_stream(transport::connection&, std::shared_ptr<transport::stream>) override {}
    void on_deadline(time_point) override { send(); }
    void on_data(transport::stream&, bytes_view, bool fin) override {
        if (fin) interop::say({{"event", "taken"}, {"bytes", sent_}});
    }
    void on_closed(transport::connection&, const transport::close_reason& why) override {
        interop::say({{"event", "lost"}, {"reason", why.reason}});
    }

    void send() {
        const std::chrono::duration<double> passed = shard_.now() - began_;
        const auto due = static_cast<std::uint64_t>(passed.count() * static_cast<double>(rate_));
        const std::uint64_t until = std::min(bytes_, std::max<std::uint64_t>(due, 1));
        byte_buffer piece(until > sent_ ? std::min<std::uint64_t>(until - sent_, 256u << 10) : 0);
        for (std::size_t i = 0; i < piece.size(); ++i)
            piece[i] = byte_at(sent_ + i);
        const bool is_last = sent_ + piece.size() == bytes_;
        sent_ += stream_->write(piece, is_last);
        if (sent_ < bytes_) timer_.arm(shard_.now() + 5ms);
    }

    net::shard& shard_;
    std::uint64_t bytes_;
    std::uint64_t rate_;
    std::uint64_t sent_ = 0;
    time_point began_{};
    net::deadline_timer timer_;
    std::shared_ptr<transport::stream> stream_;
};

/// Says how the transfer's connection runs, whenever that is another way than before.
class path_teller final : net::deadline_sink {
public:
    path_teller(
        net::shard& shard,
        transport::endpoint& endpoint,
        const reach::reach_service& service
    )
        : shard_(shard)
        , endpoint_(endpoint)
        , service_(service)
        , timer_(shard, *this) {
        timer_.arm(shard_.now());
    }

private:
    void on_deadline(time_point now) override {
        for (const auto& way : endpoint_.ways()) {
            if (way.is_pinned || is_of_reach(way)) continue;
            const std::string remote =
                way.path.remote ? way.path.remote->to_string() : way.path.relay;
            if (now >= state_at_) {
                state_at_ = now + 1s;
                interop::say(
                    {{"event", "state"},
                     {"remote", remote},
                     {"unanswered", way.probes_unanswered},
                     {"sent", way.path.bytes_sent},
                     {"received", way.path.bytes_received},
                     {"rtt_ms", way.path.rtt / 1ms},
                     {"mtu", way.path.mtu}}
                );
            }
            if (remote == remote_) continue;
            remote_ = remote;
            const bool is_direct = way.path.kind == transport::path_kind::direct;
            interop::say(
                {{"event", "path"}, {"kind", is_direct ? "direct" : "relayed"}, {"remote", remote}}
            );
        }
        timer_.arm(now + 10ms);
    }

    bool is_of_reach(const transport::peer_way& way) const {
        const auto own = service_.owned();
        return std::find(own.begin(), own.end(), way.handle) != own.end();
    }

    net::shard& shard_;
    transport::endpoint& endpoint_;
    const reach::reach_service& service_;
    std::string remote_;
    time_point state_at_{};
    net::deadline_timer timer_;
};

std::unique_ptr<reach::outside_watch> watch_outside(
    net::shard& shard,
    transport::endpoint& endpoint,
    reach::reach_service& service,
    const arguments& given
) {
    reach::outside_options options;
    options.servers = given.stun;
    options.secret.resize(32);
    randombytes_buf(options.secret.data(), options.secret.size());
    options.send = [&](const ip_endpoint& to, bytes_view datagram) {
        endpoint.send_stray(to, datagram);
    };
    options.on_seen = [&](const nat::proto::voter& who, const ip_endpoint& seen) {
        service.note_seen(who, seen);
    };
    options.on_silence = [&] { service.note_silence(); };
    options.log = logger("outside");
    auto made = std::make_unique<reach::outside_watch>(shard, std::move(options));
    service.set_stray_taker([watch = made.get()](const ip_endpoint& from, bytes_view datagram) {
        watch->take(from, datagram);
    });
    made->ask();
    return made;
}

/// The end of standard input is the end.
class no_commands final : public interop::command_sink {
    void on_command(std::int64_t, const boost::json::object&) override {}
};

}  // namespace

int main(int argc, char** argv) {
    arguments given;
    CLI::App app("an endpoint for the lab of NATs");
    app.add_option("--relay", given.relays, "its own; may be repeated");
    app.add_option("--stun", given.stun, "IP:PORT; may be repeated");
    app.add_option("--to", given.to, "whom to send to; without it, it receives");
    app.add_option("--bytes", given.bytes, "how much to send");
    app.add_option("--rate", given.rate, "bytes a second");
    CLI11_PARSE(app, argc, argv);
    if (sodium_init() < 0) return 1;

    net::shard shard;
    transport::endpoint_options options{.key = identity::secret_key::generate(), .bind = {}};
    options.relays = given.relays;
    options.log = logger("transport");
    auto endpoint = transport::endpoint::bind(shard, std::move(options));
    if (!endpoint) {
        std::fprintf(stderr, "%s\n", endpoint.error().message.c_str());
        return static_cast<int>(endpoint.error().exit);
    }
    {
        reach::reach_options wants;
        wants.log = logger("reach");
        wants.address_of = [](const identity::endpoint_id& id) {
            return identity::endpoint_addr{.id = id, .relays = {}, .direct = {}};
        };
        reach::reach_service service(shard, **endpoint, std::move(wants));
        const auto outside = watch_outside(shard, **endpoint, service, given);
        const transport::accept_route route((*endpoint)->router(), alpn, [](auto incoming) {
            incoming->set_handler(std::make_shared<receiver>());
        });
        std::shared_ptr<transport::connection> sending;
        if (!given.to.empty()) {
            identity::endpoint_addr to{
                .id = identity::endpoint_id::parse(given.to).value(),
                .relays = given.relays,
                .direct = {}};
            sending = (*endpoint)->connect(
                to,
                alpn,
                std::make_shared<sender>(shard, given.bytes, given.rate)
            );
        }
        const path_teller teller(shard, **endpoint, service);
        no_commands nothing;
        const interop::command_reader input(shard, nothing);
        interop::say({{"event", "ready"}, {"id", (*endpoint)->id().to_hex()}});
        shard.run();
    }
    (*endpoint)->close(0, "leaving");
    return 0;
}
