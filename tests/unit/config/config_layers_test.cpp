// SPDX-License-Identifier: Apache-2.0
#include "tests/unit/config/loading.hpp"

using namespace meshhost;
using namespace meshhost::config;
using namespace meshhost::config::test;

TEST_CASE("config: nothing at all loads as the defaults", "[config]") {
    const loaded_config loaded = load({});
    CHECK(loaded.values == host_config{});
    for (const setting& setting : loaded.settings)
        CHECK(setting.origin == "default");
}

TEST_CASE("config: a file sets every type of key", "[config]") {
    const loaded_config loaded = load(file(
        "[net]\nport = 4433\nbind = ['192.0.2.7', '2001:db8::7']\nsegmentation_offload = false\n"
        "[quic]\nidle_timeout = '1m'\nconnections_max = 10\n"
        "[node]\nname = 'gate \"1\"'\ndata_dir = '/srv/mesh'\n[log]\nlevel = 'debug'\n"
    ));
    CHECK(loaded.values.net.port == 4433);
    CHECK(loaded.values.net.bind == std::vector<std::string>{"192.0.2.7", "2001:db8::7"});
    CHECK_FALSE(loaded.values.net.segmentation_offload);
    CHECK(loaded.values.quic.idle_timeout == 60s);
    CHECK(loaded.values.quic.connections_max == 10);
    CHECK(loaded.values.node.name == "gate \"1\"");
    CHECK(loaded.values.node.data_dir == "/srv/mesh");
    CHECK(loaded.values.log.level == log_level::debug);
}

TEST_CASE("config: each layer lies over the one before, and is named as the origin", "[config]") {
    config_layers layers;
    const auto port = [&] {
        const loaded_config loaded = load(layers);
        const setting& shown = find(loaded, "net.port");
        CHECK(shown.value.as_int64() == loaded.values.net.port);
        return std::pair(loaded.values.net.port, shown.origin);
    };
    using expected = std::pair<std::uint16_t, std::string>;
    CHECK(port() == expected(0, "default"));
    layers.flags = {"net.port=1"};
    CHECK(port() == expected(1, "a flag"));
    layers.files.push_back({"/etc/meshhost/meshhost.toml", "\n[net]\n  port = 1\n"});
    CHECK(port() == expected(1, "/etc/meshhost/meshhost.toml:3:3"));
    layers.files.push_back({"/etc/meshhost/conf.d/20-hub.toml", "net.port = 2"});
    CHECK(port() == expected(2, "/etc/meshhost/conf.d/20-hub.toml:1:5"));
    layers.environment.emplace_back("MESHHOST_NET__PORT", "3");
    CHECK(port() == expected(3, "env MESHHOST_NET__PORT"));
    layers.sets.emplace_back("net.port=4");
    CHECK(port() == expected(4, "--set"));
    layers.sets.emplace_back("net.port=5");
    CHECK(port() == expected(5, "--set"));
}

TEST_CASE("config: a layer leaves alone what it does not name", "[config]") {
    const loaded_config loaded = load(
        {{{"a.toml", "[net]\nport = 1\nbind = ['192.0.2.1']"}, {"b.toml", "[net]\nport = 2"}},
         {},
         {}}
    );
    CHECK(loaded.values.net.port == 2);
    CHECK(loaded.values.net.bind == std::vector<std::string>{"192.0.2.1"});
}

TEST_CASE("config: a list replaces the list below it", "[config]") {
    const loaded_config loaded =
        load({{{"a.toml", "net.bind = ['192.0.2.1', '192.0.2.2']"}}, {}, {"net.bind=[]"}});
    CHECK(loaded.values.net.bind.empty());
}

TEST_CASE("config: text from outside is read by the type of its key", "[config]") {
    const auto set = [](const std::string& text) { return load(sets({text})).values; };
    CHECK(set("node.name=123").node.name == "123");
    CHECK(set("node.name=true").node.name == "true");
    CHECK(set("node.name=\"in quotes\"").node.name == "in quotes");
    CHECK(set("node.name=a=b").node.name == "a=b");
    CHECK(set("node.name=").node.name.empty());
    CHECK(set("quic.idle_timeout=45s").quic.idle_timeout == 45s);
    CHECK(set("quic.idle_timeout='45s'").quic.idle_timeout == 45s);
    CHECK(set("net.segmentation_offload=false").net.segmentation_offload == false);
    CHECK(set("net.bind=192.0.2.7").net.bind == std::vector<std::string>{"192.0.2.7"});
    CHECK(set("net.bind=\"192.0.2.7\"").net.bind == std::vector<std::string>{"192.0.2.7"});
    CHECK(set("net.bind=[\"::1\", '127.0.0.1']").net.bind.size() == 2);
    CHECK(set("net.bind=").net.bind.empty());
}

TEST_CASE("config: the environment reaches every key but those of plugins", "[config]") {
    const loaded_config loaded = load(environment({
        {"MESHHOST_QUIC__CONNECTIONS_PER_PEER_MAX", "3"},
        {"MESHHOST_MESH__PEERS", peer_a},
        {"MESHHOST_LOG__LEVEL", "trace"},
        {"PATH", "/bin"},
        {"MESHHOSTNAME", "somebody else's"},
    }));
    CHECK(loaded.values.quic.connections_per_peer_max == 3);
    CHECK(loaded.values.mesh.peers == std::vector<std::string>{peer_a});
    CHECK(loaded.values.log.level == log_level::trace);
}

TEST_CASE("config: a byte order mark before the first key does no harm", "[config]") {
    CHECK(load(file("\xef\xbb\xbf[net]\nport = 7\n")).values.net.port == 7);
}
