// SPDX-License-Identifier: Apache-2.0
// What an observer holds of a large mesh: the dashboard of a host that knows so many others, each
// of which answers whatever it is asked. The table of peers is there before it, as on any host.
//   --nodes N --links M: links of each node. Says what it holds without the dashboard, then its
//   link and serves until its input ends.
#include "admin/meters_json.hpp"
#include "common/process_usage.hpp"
#include "http/envelope.hpp"
#include "identity/secret_key.hpp"
#include "observe/block_file.hpp"
#include "observe/dashboard_server.hpp"
#include "unit/admin/fake_host.hpp"

#include <boost/asio/posix/stream_descriptor.hpp>
#include <boost/json/array.hpp>
#include <boost/json/serialize.hpp>
#include <fmt/format.h>

#include <unistd.h>

#include <cstdio>
#include <filesystem>
#include <malloc.h>
#include <random>
#include <unordered_map>

#include <CLI/App.hpp>
#include <CLI/Config.hpp>
#include <CLI/Formatter.hpp>

using namespace meshhost;

namespace {

namespace json = boost::json;

constexpr std::size_t prefix_size = 16;  ///< of ids, in digests
constexpr int boot_spans = 12;

void say(const char* event, const std::string& link) {
    const auto held = bench::memory_now();
    std::puts(json::serialize(json::object{
                                  {"event", event},
                                  {"pid", ::getpid()},
                                  {"pss_kib", held.pss_kib},
                                  {"anonymous_kib", held.anonymous_kib},
                                  {"link", link}}
    ).c_str());
    std::fflush(stdout);
}

identity::endpoint_id id_of(std::size_t number) {
    std::array<std::uint8_t, identity::secret_key::seed_size> seed{};
    seed[0] = static_cast<std::uint8_t>(number);
    seed[1] = static_cast<std::uint8_t>(number >> 8);
    seed[2] = 1;
    return identity::secret_key::from_seed(seed).id();
}

std::string envelope(const char* schema, json::object data) {
    return json::serialize(http::make_envelope(schema, std::move(data)));
}

/// Hosts that differ, linked at random, and whose numbers move.
class mesh {
public:
    mesh(std::size_t nodes, std::size_t links) {
        std::vector<std::string> ids;
        for (std::size_t i = 0; i < nodes; ++i)
            ids.push_back(id_of(i).to_hex());
        std::vector<std::vector<std::size_t>> of(nodes);
        for (std::size_t i = 0; i < nodes; ++i)
            for (std::size_t k = 0; k < links / 2; ++k) {
                const auto to = (i + 1 + random_() % (nodes - 1)) % nodes;
                of[i].push_back(to);
                of[to].push_back(i);
            }
        for (std::size_t i = 0; i < nodes; ++i)
            add(ids, of[i], i);
    }

    const std::vector<admin::peer_snapshot>& peers() const { return peers_; }

    std::string answer(const std::string& id, const http::request& asked) {
        const auto at = by_id_.at(id);
        if (asked.path == "/v1/meters") return envelope("meters", meters(at));
        if (asked.path == "/v1/boots") return envelope("boots", {{"boots", json::array{boot()}}});
        if (asked.path == "/v1/plugins") return envelope("plugins", {{"plugins", plugins()}});
        return envelope("traces", {{"spans", json::array()}});
    }

private:
    void add(
        const std::vector<std::string>& ids,
        const std::vector<std::size_t>& links,
        std::size_t i
    ) {
        auto peer = test::connected_peer();
        peer.id = ids[i];
        peer.name = fmt::format("compute-{:04}", i);
        peer.roles = {"compute"};
        peer.tier = "edge";
        peer.addresses = {fmt::format("192.0.2.{}:4433", i % 250), "[2001:db8::1]:4433"};
        peer.budget = {250, 64u << 20, "config"};
        peer.path.reset();
        peer.gossip.clear();
        admin::meters_snapshot now;
        now.id = peer.id;
        now.name = peer.name;
        now.state = "alive";
        now.roles = peer.roles;
        now.tier = peer.tier;
        now.budget = peer.budget;
        now.plugins = test::fake_host().plugins();
        for (const auto to : links) {
            peer.neighbors.push_back(ids[to].substr(0, prefix_size));
            now.edges.push_back(
                {ids[to], to % 2 == 0 ? "eager" : "lazy", test::connected_peer().path}
            );
        }
        by_id_.emplace(peer.id, peers_.size());
        peers_.push_back(std::move(peer));
        meters_.push_back(std::move(now));
    }

    json::object meters(std::size_t at) {
        auto& now = meters_[at];
        now.uptime += 2s;
        now.usage =
            {static_cast<std::uint32_t>(random_() % 300), (40u << 20) + random_() % 99999, 41, 5};
        now.net.bytes_sent += random_() % 50'000;
        now.net.bytes_received += random_() % 50'000;
        now.gossip.delivered += random_() % 100;
        for (auto& edge : now.edges) {
            edge.path->rtt = std::chrono::microseconds(200 + random_() % 50);
            edge.path->bytes_sent += random_() % 9'000;
        }
        return admin::meters_json(now);
    }

    static json::object boot() {
        json::array spans;
        for (int i = 0; i < boot_spans; ++i)
            spans.push_back(json::object{
                {"span", fmt::format("{:016x}", i)},
                {"parent", i == 0 ? json::value() : json::value(fmt::format("{:016x}", 0))},
                {"name", "mesh.endpoint.create"},
                {"start_us", 1000 * i},
                {"duration_us", 950},
                {"attributes",
                 {{"network.transport", "udp"}, {"mesh.bind.address", "0.0.0.0:4433"}}}});
        return {{"number", 3}, {"outcome", "ready"}, {"spans", std::move(spans)}};
    }

    static json::array plugins() {
        return {json::object{
            {"instance", "compute-0"},
            {"role", "compute"},
            {"version", "0.1.0"},
            {"state", "running"},
            {"path", "/usr/lib/meshhost/plugins/compute.so"}}};
    }

    std::mt19937 random_{1};
    std::vector<admin::peer_snapshot> peers_;
    std::vector<admin::meters_snapshot> meters_;
    std::unordered_map<std::string, std::size_t> by_id_;
};

class answering final : public introspect::asker {
public:
    answering(net::shard& shard, mesh& of)
        : shard_(shard)
        , mesh_(of) {}

    std::shared_ptr<introspect::call> ask(
        const identity::endpoint_id& whom,
        const http::request& asked,
        std::shared_ptr<introspect::answer_sink> sink
    ) override {
        auto made = std::make_shared<test::fake_asker::asked_call>();
        made->sink = std::move(sink);
        shard_.post([this, made, id = whom.to_hex(), asked] {
            if (!made->is_cancelled)
                made->answer(200, http::content_type_json, mesh_.answer(id, asked));
        });
        return made;
    }

private:
    net::shard& shard_;
    mesh& mesh_;
};

}  // namespace

int main(int argc, char** argv) {
    std::size_t nodes = 1000;
    std::size_t links = 10;
    CLI::App app("what an observer holds of a large mesh");
    app.add_option("--nodes", nodes);
    app.add_option("--links", links);
    CLI11_PARSE(app, argc, argv);
    ::mallopt(M_MMAP_THRESHOLD, 256 << 10);  // as a host has it

    net::shard shard;
    mesh others(nodes, links);
    test::fake_host host;
    host.known = others.peers();
    answering asker(shard, others);
    telemetry::event_journal journal({.events_max = 100'000, .bytes_max = 40u << 20});
    for (const auto& peer : others.peers())  // as when it has just met them
        for (const auto* to : {"connecting", "alive"})
            journal.append(
                {0,
                 {},
                 telemetry::event_type::peer_state,
                 peer.id,
                 peer.name,
                 "",
                 to,
                 "says so itself"}
            );
    (void)host.peers();
    ::malloc_trim(0);
    say("plain", "");

    auto port = http::tcp_listener::bind(ip_endpoint::loopback_v4(0));
    if (!port) return 1;
    observe::dashboard_options options;
    options.mesh = "lab";
    options.history = observe::block_file::open(std::filesystem::temp_directory_path(), 64u << 20);
    options.secret = [count = 0]() mutable { return fmt::format("{:032}", ++count); };
    observe::dashboard_server server(
        {shard, host, journal, asker},
        std::move(*port),
        std::move(options)
    );
    say("ready", server.link());
    boost::asio::posix::stream_descriptor input(shard.context(), ::dup(STDIN_FILENO));
    char byte = 0;
    input.async_read_some(boost::asio::buffer(&byte, 1), [&](const auto&, std::size_t) {
        shard.stop();
    });
    shard.run();
    server.close();
    return 0;
}
