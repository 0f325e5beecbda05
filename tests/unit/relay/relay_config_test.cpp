// SPDX-License-Identifier: Apache-2.0
#include "relayd/relay_config.hpp"
#include "relayd/relay_line.hpp"
#include "relayd/relay_pages.hpp"
#include "support/catch.hpp"
#include "support/temp_dir.hpp"

#include <fstream>
#include <sstream>

using namespace meshhost;
using relay::proto::access_mode;
using relayd::parse_relay_config;

namespace {

std::string complaints(std::string_view text) {
    const auto read = parse_relay_config("relay.toml", text);
    REQUIRE(!read.has_value());
    std::string out;
    for (const auto& each : read.error().problems)
        out += each.where + ": " + each.message + "\n";
    return out;
}

const std::string some_id = "197f6b23e16c8532c6abc838facd5ea789be0c76b2920334039bfa8b3d368d61";

}  // namespace

TEST_CASE("relay config: every key, each with its default", "[relay][config]") {
    std::string all;
    for (const auto& key : relayd::relay_keys())
        all += std::string(key.path) + " = " + std::string(key.fallback) + "\n";
    const auto read = parse_relay_config("defaults", all);
    REQUIRE(read.has_value());
    const relayd::relay_config defaults;
    CHECK(read->listen == defaults.listen);
    CHECK(read->mode == defaults.mode);
    CHECK(read->admission.connections == defaults.admission.connections);
    CHECK(read->admission.per_address == defaults.admission.per_address);
    CHECK(read->admission.half_open == defaults.admission.half_open);
    CHECK(read->server.queue_bytes_max == defaults.server.queue_bytes_max);
    CHECK(read->server.queue_frames_max == defaults.server.queue_frames_max);
    CHECK(read->server.queued_bytes_max == defaults.server.queued_bytes_max);
    CHECK(read->server.write_timeout == defaults.server.write_timeout);
    CHECK(read->server.ping_interval == defaults.server.ping_interval);
    CHECK(read->server.pong_timeout == defaults.server.pong_timeout);
    CHECK(read->handshake_timeout == defaults.handshake_timeout);
}

TEST_CASE("relay config: the file that is installed has every key", "[relay][config]") {
    std::ifstream in(MESHRELAY_TOML);
    REQUIRE(in.is_open());
    std::string text;
    std::size_t keys = 0;
    for (std::string line; std::getline(in, line);) {
        const bool is_key = line.size() > 1 && line[0] == '#' && line[1] != ' ';
        if (is_key) ++keys;
        text += (is_key ? line.substr(1) : line) + "\n";
    }
    const auto read = parse_relay_config("meshrelay.toml", text);
    REQUIRE(read.has_value());
    CHECK(keys == relayd::relay_keys().size());
}

TEST_CASE("relay config: what is said is taken", "[relay][config]") {
    const auto read = parse_relay_config(
        "relay.toml",
        "listen = \"\"\n[tls]\nlisten = \"[::]:443\"\ncert = \"/c\"\nkey = \"/k\"\n"
        "[access]\nmode = \"allow\"\nids = [\""
            + some_id
            + "\"]\n[limits]\nclient_bytes_per_second = 1000\nclient_queue = \"1MiB\"\n"
              "accepts_per_second = 7\n[timeouts]\nhandshake = \"5s\"\n"
    );
    REQUIRE(read.has_value());
    CHECK(read->mode == access_mode::allow_list);
    CHECK(read->ids.size() == 1);
    CHECK(read->server.client_bytes_per_second == 1000);
    CHECK(read->server.queue_bytes_max == 1u << 20);
    CHECK(read->admission.accepts_per_second == 7);
    CHECK(read->handshake_timeout == 5s);
}

TEST_CASE("relay config: everything that is wrong is listed, with its place", "[relay][config]") {
    const auto said =
        complaints("lisen = 1\n[limits]\nconnections = 0\n[timeouts]\nwrite = \"3\"\n");
    CHECK(said.find("relay.toml:1:1: there is no key \"lisen\"") != std::string::npos);
    CHECK(said.find("relay.toml:3:15: `limits.connections` must be") != std::string::npos);
    CHECK(said.find("relay.toml:5:9") != std::string::npos);
    CHECK(complaints("listen = [").starts_with("relay.toml:1"));
    CHECK(complaints("[relay]\n").find("no key \"relay\"") != std::string::npos);
    CHECK(!complaints("listen = \"\"").empty());
    CHECK(!complaints("[tls]\nlisten = \"[::]:443\"").empty());
    CHECK(!complaints("[access]\nmode = \"token\"").empty());
    CHECK(!complaints("[access]\ntokens = [\"a\"]").empty());
    CHECK(!complaints("[access]\nmode = \"allow\"").empty());
    CHECK(!complaints("[access]\nmode = \"allow\"\nids = [\"me\"]").empty());
}

TEST_CASE("relay config: where STUN is served", "[relay][config]") {
    CHECK(relayd::relay_config().stun_listen.empty());
    const auto stun = [](std::string_view text) {
        return parse_relay_config("relay.toml", text)->stun_listen;
    };
    CHECK(stun("") == relayd::usual_stun);
    CHECK(stun("stun.listen = \"\"").empty());
    CHECK(stun("stun.listen = \"[::]:3478\"") == "[::]:3478");
    CHECK(!complaints("stun.listen = \"here\"").empty());
}

TEST_CASE("relay config: files", "[relay][config]") {
    const test::temp_dir directory;
    CHECK(!relayd::read_relay_config(directory / "none.toml").has_value());
    CHECK(!relayd::read_relay_config(directory.path()).has_value());
    std::ofstream(directory / "good.toml") << "listen = \"127.0.0.1:0\"\n";
    CHECK(relayd::read_relay_config(directory / "good.toml").has_value());
    std::ofstream(directory / "large.toml") << std::string((1u << 20) + 1, '#');
    CHECK(!relayd::read_relay_config(directory / "large.toml").has_value());
}

TEST_CASE("relay line: what can be said", "[relay][config]") {
    const auto line = relayd::parse_relay_line({"--config", "/x", "--check", "--json"});
    REQUIRE(line);
    CHECK(line->config == "/x");
    CHECK(line->is_check);
    CHECK(line->json);
    CHECK(relayd::parse_relay_line({"--help"})->text.find("--listen") != std::string::npos);
    CHECK(relayd::parse_relay_line({"--version"})->text.starts_with("meshrelay "));
    CHECK(relayd::parse_relay_line({"--stun", "127.0.0.1:0"})->stun == "127.0.0.1:0");
    CHECK(relayd::parse_relay_line({"--stun", "here"}).error().code == "E_USAGE");
    CHECK(relayd::parse_relay_line({"--listen", "here"}).error().code == "E_USAGE");
    CHECK(relayd::parse_relay_line({"--wrong"}).error().code == "E_USAGE");
}

TEST_CASE("relay pages: what a relay answers", "[relay][pages]") {
    const auto get = [](std::string path, http::header_list headers = {}) {
        return relayd::relay_page({"GET", std::move(path), {}, {}, std::move(headers)});
    };
    CHECK(get("/ping").status == 200);
    CHECK(get("/nothing").status == 404);
    CHECK(relayd::relay_page({"POST", "/ping", {}, {}}).status == 405);
    const auto portal = get("/generate_204", {{"x-iroh-challenge", "abc"}});
    CHECK(portal.status == 204);
    CHECK(portal.headers.front().second == "response abc");
    CHECK(get("/generate_204", {{"x-iroh-challenge", "a b"}}).headers.empty());
    const auto written = relayd::write_page(get("/robots.txt"), false, true);
    CHECK(written.starts_with("HTTP/1.1 200 OK\r\n"));
    CHECK(written.find("Strict-Transport-Security") != std::string::npos);
    CHECK(written.ends_with("Disallow: /\n"));
    CHECK(relayd::write_page(get("/robots.txt"), true, false).ends_with("\r\n\r\n"));
}
