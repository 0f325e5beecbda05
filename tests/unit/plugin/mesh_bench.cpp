// SPDX-License-Identifier: Apache-2.0
#include "mesh_bench.hpp"

#include <algorithm>
#include <array>
#include <fstream>
#include <sstream>

namespace meshhost::test {

namespace {

identity::secret_key key_of(std::uint8_t number) {
    std::array<std::uint8_t, identity::secret_key::seed_size> seed{};
    seed.fill(number);
    return identity::secret_key::from_seed(seed);
}

std::vector<identity::endpoint_id> all_others(
    const fake_network& network,
    const identity::endpoint_id& self
) {
    std::vector<identity::endpoint_id> others;
    for (const auto* each : network.endpoints())
        if (each->id() != self) others.push_back(each->id());
    return others;
}

}  // namespace

mesh_host_bench::mesh_host_bench(fake_network& on, std::uint8_t number, bool is_isolated)
    : network(on)
    , endpoint(on, key_of(number), ip_endpoint::loopback_v4(number))
    , gossip(on.shard(), endpoint, {.seed = number, .machines = {}, .limits = {}, .log = {}})
    , topics(
          on.shard(),
          gossip,
          endpoint.key(),
          [this] { return all_others(network, endpoint.id()); },
          {.mesh = "test", .mesh_secret = {}, .first_sequence = 1000, .log = {}}
      )
    , messages(
          on.shard(),
          endpoint,
          [](const identity::endpoint_id&) { return true; },
          [this](const identity::endpoint_id& peer) { return gossip.address_of(peer); },
          {.mesh_secret = {}, .limits = {}, .log = {}}
      )
    , plugins(on.shard(), is_isolated) {
    // A role in a process of its own may be nobody.
    std::filesystem::permissions(directory_.path(), std::filesystem::perms::all);
    gossip.set_address_source(this);
    gossip.start();
    plugins.settings.self = endpoint.id();
    plugins.mesh = {
        .endpoint = &endpoint,
        .gossip = &gossip,
        .key = &endpoint.key(),
        .topics = &topics,
        .messages = &messages};
}

mesh_host_bench::~mesh_host_bench() {
    gossip.set_address_source(nullptr);
}

void mesh_host_bench::add_addresses(identity::endpoint_addr& to) const {
    if (const auto* const found = network.find(to.id)) to.direct.push_back(found->bound().front());
}

void mesh_host_bench::run(const std::string& path) {
    plugins.run(path);
}

void mesh_host_bench::run_talker() {
    std::ofstream(directory_ / "commands");
    plugins.own("talker-0").config.values = {
        {"commands", (directory_ / "commands").string()},
        {"results", (directory_ / "results").string()}};
    plugins.own("talker-0").grant.push_back("fs:write:" + directory_.path().string());
    run(test_plugin("talker"));
    REQUIRE(hears("started"));
}

void mesh_host_bench::tell(const std::string& command) {
    std::ofstream(directory_ / "commands", std::ios::app) << command << '\n';
}

void mesh_host_bench::tell_and_block(const std::string& commands) {
    std::filesystem::remove(directory_ / "go");
    tell(commands + "\nblock " + (directory_ / "go").string());
}

void mesh_host_bench::let_go() {
    std::ofstream(directory_ / "go");
}

std::string mesh_host_bench::said() const {
    std::ifstream file(directory_ / "results");
    std::ostringstream all;
    all << file.rdbuf();
    return all.str();
}

std::vector<std::string> mesh_host_bench::lines() const {
    std::istringstream all(said());
    std::vector<std::string> read;
    for (std::string line; std::getline(all, line) && !all.eof();)
        read.push_back(line);
    return read;
}

bool mesh_host_bench::hears(const std::string& beginning) {
    return plugins.until([&] {
        const auto read = lines();
        for (std::size_t i = found_; i < read.size(); ++i) {
            if (!read[i].starts_with(beginning)) continue;
            found_ = i + 1;
            return true;
        }
        return false;
    });
}

std::size_t mesh_host_bench::count(const std::string& beginning) const {
    const auto read = lines();
    return static_cast<std::size_t>(std::count_if(read.begin(), read.end(), [&](const auto& each) {
        return each.starts_with(beginning);
    }));
}

}  // namespace meshhost::test
