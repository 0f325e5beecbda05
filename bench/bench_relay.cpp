// SPDX-License-Identifier: Apache-2.0
// The load of relay.py: clients of a relay in one process, so that what is on its way is known.
//   idle    --clients N: connects them, says so, and stays until its input ends
//   flood   --pairs N --seconds S: each pair keeps --window bytes of trains on their way
//   pp      --count N: one datagram there and back, N times
#include "net/deadline_timer.hpp"
#include "net/shard.hpp"
#include "relay/relay_client.hpp"

#include <boost/asio/posix/stream_descriptor.hpp>
#include <boost/json/object.hpp>
#include <boost/json/serialize.hpp>

#include <algorithm>
#include <cstdio>
#include <functional>
#include <memory>
#include <vector>

#include <CLI/App.hpp>
#include <CLI/Config.hpp>
#include <CLI/Formatter.hpp>

using namespace meshhost;

namespace {

struct settings {
    std::string verb;
    std::string url;
    std::size_t clients = 1000;
    std::size_t pairs = 4;
    double seconds = 5;
    std::size_t count = 5000;
    std::size_t size = 1200;
    std::size_t train = 10;
    std::size_t window = 192 << 10;
};

void say(const boost::json::object& line) {
    std::puts(boost::json::serialize(line).c_str());
    std::fflush(stdout);
}

class loader final : public relay::relay_sink {
public:
    loader(net::shard& shard, std::uint64_t number, const std::string& url)
        : key_(identity::secret_key::generate()) {
        relay::relay_client_options options;
        options.url = url;
        options.seed = number;
        auto made = relay::relay_client::make(shard, key_, *this, std::move(options));
        if (!made) {
            std::fprintf(stderr, "%s\n", made.error().message.c_str());
            std::exit(1);
        }
        client_ = std::move(*made);
        client_->start();
    }
    loader(const loader&) = delete;
    loader& operator=(const loader&) = delete;

    const identity::endpoint_id& id() const { return key_.id(); }
    relay::relay_client& client() { return *client_; }

    void on_datagrams(
        const identity::endpoint_id&,
        std::uint8_t,
        std::span<std::uint8_t> data,
        std::size_t
    ) override {
        bytes += data.size();
    }
    void on_turn_end() override {
        if (at_turn_end) at_turn_end();
    }
    void on_status(relay::relay_status status, relay::down_reason) override {
        if (status == relay::relay_status::up && at_up) at_up();
    }
    void on_gone(const identity::endpoint_id&) override {}
    void on_writable() override {}

    std::size_t bytes = 0;
    std::function<void()> at_turn_end;
    std::function<void()> at_up;

private:
    identity::secret_key key_;
    std::unique_ptr<relay::relay_client> client_;
};

struct alarm final : net::deadline_sink {
    explicit alarm(net::shard& shard)
        : timer(shard, *this) {}
    void on_deadline(time_point now) override { ring(now); }
    std::function<void(time_point)> ring;
    net::deadline_timer timer;
};

/// A few at a time: a relay may bound how many have not said who they are.
void connect_all(
    net::shard& shard,
    std::vector<std::unique_ptr<loader>>& into,
    std::size_t count,
    const std::string& url
) {
    constexpr std::size_t at_once = 50;
    std::size_t up = 0;
    const auto add = [&] {
        into.push_back(std::make_unique<loader>(shard, into.size(), url));
        into.back()->at_up = [&] { ++up; };
    };
    while (up < count) {
        while (into.size() < count && into.size() - up < at_once)
            add();
        shard.context().restart();
        shard.context().run_one_for(std::chrono::seconds(1));
    }
    for (auto& each : into)
        each->at_up = nullptr;
}

void idle(net::shard& shard, const settings& asked) {
    std::vector<std::unique_ptr<loader>> all;
    connect_all(shard, all, asked.clients, asked.url);
    say({{"up", all.size()}});
    boost::asio::posix::stream_descriptor input(shard.context(), ::dup(0));
    char byte = 0;
    bool is_over = false;
    input.async_read_some(boost::asio::buffer(&byte, 1), [&](const auto&, std::size_t) {
        is_over = true;
    });
    shard.context().restart();
    while (!is_over)
        shard.context().run_one();
}

/// What is lost would stay "on its way" for ever: a pair that is still for long begins anew.
void flood(net::shard& shard, const settings& asked) {
    std::vector<std::unique_ptr<loader>> all;
    connect_all(shard, all, asked.pairs * 2, asked.url);
    const byte_buffer train(asked.size * asked.train, 7);
    std::vector<std::size_t> sent(asked.pairs, 0);
    std::vector<std::size_t> seen(asked.pairs, 0);
    std::size_t lost = 0;
    const auto fill = [&](std::size_t pair) {
        auto& to = *all[pair * 2 + 1];
        while (sent[pair] + train.size() <= to.bytes + asked.window) {
            all[pair * 2]->client().send({to.id(), train, asked.size, 0});
            sent[pair] += train.size();
        }
    };
    for (std::size_t i = 0; i < asked.pairs; ++i) {
        all[i * 2 + 1]->at_turn_end = [&fill, i] { fill(i); };
        fill(i);
    }
    const time_point start = shard.now();
    const auto length =
        std::chrono::duration_cast<duration>(std::chrono::duration<double>(asked.seconds));
    alarm clock(shard);
    bool is_over = false;
    clock.ring = [&](time_point now) {
        is_over = now >= start + length;
        for (std::size_t i = 0; i < asked.pairs; ++i) {
            const std::size_t got = all[i * 2 + 1]->bytes;
            if (got == seen[i] && sent[i] > got) {
                lost += sent[i] - got;
                sent[i] = got;
                fill(i);
            }
            seen[i] = got;
        }
        clock.timer.arm(std::min(now + 200ms, start + length));
    };
    clock.timer.arm(start + 200ms);
    shard.context().restart();
    while (!is_over)
        shard.context().run_one();
    std::size_t bytes = 0;
    for (std::size_t i = 0; i < asked.pairs; ++i)
        bytes += all[i * 2 + 1]->bytes;
    const double seconds = std::chrono::duration<double>(shard.now() - start).count();
    say(
        {{"bytes", bytes},
         {"datagrams", bytes / asked.size},
         {"lost_bytes", lost},
         {"seconds", seconds}}
    );
}

void ping_pong(net::shard& shard, const settings& asked) {
    std::vector<std::unique_ptr<loader>> all;
    connect_all(shard, all, 2, asked.url);
    const byte_buffer one(64, 7);
    auto& near = *all[0];
    auto& far = *all[1];
    std::vector<double> times;
    time_point begun;
    const auto serve = [&] {
        begun = shard.now();
        near.client().send({far.id(), one, one.size(), 0});
    };
    far.at_turn_end = [&] { far.client().send({near.id(), one, one.size(), 0}); };
    near.at_turn_end = [&] {
        times.push_back(std::chrono::duration<double, std::micro>(shard.now() - begun).count());
        if (times.size() < asked.count) serve();
    };
    serve();
    shard.context().restart();
    while (times.size() < asked.count)
        shard.context().run_one();
    std::sort(times.begin(), times.end());
    say({{"p50_us", times[times.size() / 2]}, {"p99_us", times[times.size() * 99 / 100]}});
}

}  // namespace

int main(int argc, char** argv) {
    settings asked;
    CLI::App app("Clients of a relay.");
    app.add_option("verb", asked.verb)->required();
    app.add_option("--url", asked.url)->required();
    app.add_option("--clients", asked.clients);
    app.add_option("--pairs", asked.pairs);
    app.add_option("--seconds", asked.seconds);
    app.add_option("--count", asked.count);
    app.add_option("--size", asked.size);
    app.add_option("--train", asked.train);
    app.add_option("--window", asked.window);
    CLI11_PARSE(app, argc, argv);
    net::shard shard;
    if (asked.verb == "idle") idle(shard, asked);
    if (asked.verb == "flood") flood(shard, asked);
    if (asked.verb == "pp") ping_pong(shard, asked);
    return 0;
}
