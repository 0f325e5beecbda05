// SPDX-License-Identifier: Apache-2.0
// What must hold of the table of keys, whatever is in it.
#include "config/key_lookup.hpp"
#include "config/toml_reader.hpp"
#include "config/value_check.hpp"
#include "tests/unit/config/loading.hpp"

#include <set>

using namespace meshhost::config;
using namespace meshhost::config::test;

namespace {

/// `literal` as the loader meets it in a file at the key's place.
std::vector<toml_item> items_of(const config_key& key, std::string_view literal) {
    const std::string text = "key = " + std::string(literal);
    const auto items = read_toml(text);
    CAPTURE(text, key.path);
    REQUIRE(items.has_value());
    return *items;
}

}  // namespace

TEST_CASE("config: no key that was ever shipped changes its name or type", "[config]") {
    using kind = value_kind;
    const std::vector<std::pair<std::string_view, value_kind>> shipped{
        {"node.name", kind::text},
        {"node.instance", kind::text},
        {"node.data_dir", kind::text},
        {"identity.key_file", kind::text},
        {"net.port", kind::integer},
        {"net.bind", kind::text_list},
        {"net.segmentation_offload", kind::boolean},
        {"quic.idle_timeout", kind::duration},
        {"quic.keep_alive", kind::duration},
        {"quic.handshake_timeout", kind::duration},
        {"quic.connections_max", kind::integer},
        {"quic.connections_per_peer_max", kind::integer},
        {"quic.half_open_max", kind::integer},
        {"mesh.name", kind::text},
        {"mesh.peers", kind::text_list},
        {"mesh.secret_file", kind::text},
        {"gossip.enabled", kind::boolean},
        {"gossip.alpn", kind::text},
        {"gossip.tier", kind::text},
        {"gossip.active_view", kind::integer},
        {"gossip.passive_view", kind::integer},
        {"gossip.shuffle_interval", kind::duration},
        {"gossip.probe_interval", kind::duration},
        {"digest.emit", kind::text},
        {"digest.plugin_bytes_max", kind::integer},
        {"budget.cpu", kind::text},
        {"budget.memory", kind::text},
        {"introspect.allow", kind::text},
        {"audit.interval", kind::duration},
        {"telemetry.otlp", kind::text},
        {"lab.faults", kind::boolean},
        {"telemetry.listen", kind::text},
        {"observe.tls_cert", kind::text},
        {"observe.tls_key", kind::text},
        {"observe.token_file", kind::text},
        {"observe.names", kind::text_list},
        {"telemetry.trace_one_in", kind::integer},
        {"telemetry.events_kept", kind::integer},
        {"telemetry.flight_kept", kind::integer},
        {"observe.listen", kind::text},
        {"observe.lab", kind::text},
        {"observe.receive_otlp", kind::boolean},
        {"admin.socket", kind::text},
        {"log.level", kind::text},
        {"plugins.dir", kind::text},
        {"plugin.*.path", kind::text},
        {"plugin.*.required", kind::boolean},
        {"plugin.*.config", kind::free_table},
    };
    for (const auto& [path, type] : shipped) {
        CAPTURE(path);
        const config_key* key = find_key(split_path(path));
        REQUIRE(key != nullptr);
        CHECK(key->rule.kind == type);
    }
}

TEST_CASE(
    "config: every key has one row, in a section, with words and a way to be stored",
    "[config]"
) {
    std::set<std::string_view> paths;
    for (const config_key& key : config_keys()) {
        CAPTURE(key.path);
        CHECK(paths.insert(key.path).second);
        CHECK(key.store != nullptr);
        CHECK(key.doc.ends_with('.'));
        CHECK(std::any_of(
            config_sections().begin(),
            config_sections().end(),
            [&](const config_section& section) {
                return key.path.substr(0, key.path.rfind('.')) == section.name;
            }
        ));
    }
}

TEST_CASE("config: every default and every example obeys its own rule", "[config]") {
    for (const config_key& key : config_keys()) {
        CAPTURE(key.path);
        if (key.required()) CHECK_FALSE(key.example.empty());
        for (const std::string_view literal : {key.fallback, key.example}) {
            if (literal.empty()) continue;
            for (const value_fault& fault : check_value(key, key.path, items_of(key, literal)[0]))
                FAIL(fault.message);
        }
    }
}

TEST_CASE("config: every variable leads back to its key", "[config]") {
    CHECK(environment_name(*find_key(key_path{"net", "port"})) == "MESHHOST_NET__PORT");
    for (const config_key& key : config_keys()) {
        CAPTURE(key.path);
        const auto name = environment_name(key);
        CHECK(name.has_value() == !key.path.starts_with("plugin.*"));
        if (name) CHECK(find_environment(*name) == &key);
    }
    CHECK(find_environment("MESHHOST_net__port") == nullptr);
}

TEST_CASE("config: a path leads to its key, its table, or nowhere", "[config]") {
    const auto path = [](std::string_view text) { return split_path(text); };
    CHECK(find_key(path("plugin.compute-0.path")) == find_key(path("plugin.*.path")));
    CHECK(find_key(path("plugin.compute-0")) == nullptr);
    CHECK(find_key(path("net")) == nullptr);
    CHECK(find_free_table(path("plugin.c.config.a.b")) == find_key(path("plugin.*.config")));
    CHECK(find_free_table(path("plugin.c.config")) == nullptr);
    CHECK(is_table(path("net")));
    CHECK(is_table(path("plugin.c")));
    CHECK_FALSE(is_table(path("net.port")));
    CHECK_FALSE(is_table(path("banana")));
    CHECK(instance_of(path("plugin.c.path")) == "c");
    CHECK_FALSE(instance_of(path("plugin")).has_value());
    CHECK_FALSE(instance_of(path("net.port")).has_value());
}

TEST_CASE("config: a path is written as TOML writes it", "[config]") {
    CHECK(path_text(key_path{"a", "b-c", "D_1"}) == "a.b-c.D_1");
    CHECK(path_text(key_path{"a", "b.c", ""}) == "a.\"b.c\".\"\"");
}
