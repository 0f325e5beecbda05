// SPDX-License-Identifier: Apache-2.0
// Our client of a relay, told what to do by relay_test.py: "send" to, text, count, and "probe".
#include "interop/command_reader.hpp"
#include "net/tls_context.hpp"
#include "relay/relay_client.hpp"

#include <boost/json/value_to.hpp>

#include <cstdio>
#include <random>

#include <CLI/App.hpp>
#include <CLI/Config.hpp>
#include <CLI/Formatter.hpp>

using namespace meshhost;

namespace {

class relay_console final : relay::relay_sink, interop::command_sink {
public:
    relay_console(
        net::shard& shard,
        const identity::secret_key& key,
        relay::relay_client_options options
    )
        : key_(key) {
        auto made = relay::relay_client::make(shard, key, *this, std::move(options));
        if (!made) {
            fault_ = made.error();
            return;
        }
        client_ = std::move(*made);
        interop::command_sink& commands = *this;
        commands_.emplace(shard, commands);
        interop::say({{"event", "ready"}, {"id", key.id().to_hex()}, {"sockets", {""}}});
        client_->start();
    }

    const std::optional<failure>& fault() const { return fault_; }

private:
    void on_datagrams(
        const identity::endpoint_id& peer,
        std::uint8_t ecn,
        std::span<std::uint8_t> data,
        std::size_t segment_size
    ) override {
        bytes_ += data.size();
        datagrams_ += (data.size() + segment_size - 1) / segment_size;
        if (datagrams_ > events_max) return;
        interop::say(
            {{"event", "received"},
             {"id", peer.to_hex()},
             {"text", as_text(data.first(std::min<std::size_t>(data.size(), 100)))},
             {"segment", segment_size},
             {"ecn", ecn}}
        );
    }
    void on_turn_end() override {}
    void on_status(relay::relay_status status, relay::down_reason reason) override {
        interop::say(
            {{"event", relay::proto::to_string(status)},
             {"reason", relay::proto::to_string(reason)}}
        );
    }
    void on_gone(const identity::endpoint_id& peer) override {
        interop::say({{"event", "gone"}, {"id", peer.to_hex()}});
    }
    void on_writable() override {}

    void on_command(std::int64_t call, const boost::json::object& command) override {
        const auto verb = boost::json::value_to<std::string>(command.at("verb"));
        if (verb == "send") send(command);
        const auto latency = client_->latency();
        interop::say(
            {{"answer", call},
             {"status", relay::proto::to_string(client_->status())},
             {"superseded", client_->is_superseded()},
             {"bytes", bytes_},
             {"datagrams", datagrams_},
             {"challenges", client_->stats().challenges},
             {"sent", client_->stats().datagrams_sent},
             {"has_latency", latency.has_value()}}
        );
    }

    void send(const boost::json::object& command) {
        const auto to =
            identity::endpoint_id::parse(boost::json::value_to<std::string>(command.at("to")));
        const auto text = boost::json::value_to<std::string>(command.at("text"));
        const auto count = command.contains("count") ? command.at("count").to_number<int>() : 1;
        const auto segment = command.contains("segment")
                                 ? command.at("segment").to_number<std::size_t>()
                                 : text.size();
        for (int i = 0; to && i < count; ++i)
            client_->send({*to, as_bytes(text), segment, 2});
    }

    static constexpr std::size_t events_max = 100;

    const identity::secret_key& key_;
    std::optional<failure> fault_;
    std::unique_ptr<relay::relay_client> client_;
    std::optional<interop::command_reader> commands_;
    std::size_t bytes_ = 0;
    std::size_t datagrams_ = 0;
};

}  // namespace

int main(int argc, char** argv) {
    CLI::App app("A client of a relay.");
    relay::relay_client_options options;
    std::string authority;
    app.add_option("--url", options.url)->required();
    app.add_option("--token", options.token);
    app.add_option("--authority", authority);
    CLI11_PARSE(app, argc, argv);
    start_logging(log_level::warn);
    options.log = logger("relay");
    options.seed = std::random_device()();
    std::unique_ptr<net::tls_client_context> tls;
    if (!authority.empty()) {
        auto made = net::tls_client_context::make({.system = false, .authorities = {authority}});
        if (made) tls = std::move(*made);
        options.tls = tls.get();
    }
    net::shard shard;
    const auto key = identity::secret_key::generate();
    const relay_console console(shard, key, std::move(options));
    if (console.fault()) {
        std::fprintf(stderr, "%s\n", console.fault()->message.c_str());
        return static_cast<int>(console.fault()->exit);
    }
    shard.run();
    return 0;
}
