// SPDX-License-Identifier: Apache-2.0
#include "config/config_check.hpp"
#include "tests/unit/config/loading.hpp"

using namespace meshhost::config;
using namespace meshhost::config::test;

namespace {

std::vector<std::string> findings(const config_layers& layers) {
    std::vector<std::string> lines;
    for (const config_problem& problem : check_config(load(layers)))
        lines.push_back(problem_line(problem));
    return lines;
}

std::string finding(const config_layers& layers) {
    const auto lines = findings(layers);
    REQUIRE(lines.size() == 1);
    return lines.front();
}

}  // namespace

TEST_CASE("config: the defaults fit together", "[config]") {
    CHECK(findings({}).empty());
    CHECK(findings(sets({"quic.keep_alive=0s"})).empty());
    CHECK(findings(sets({"net.bind=['0.0.0.0', '::']"})).empty());
}

TEST_CASE("config: a plugin whose file is not there is a warning at its place", "[config]") {
    const std::string here = "[plugins]\ndir = '/nonexistent'\n[plugin.b]\n";
    CHECK(
        finding(file(here + "path = 'gone.so'\n"))
        == "host.toml:4:1  warning  `plugin.b.path`: no file gone.so;"
           " a name without a slash is looked for in `plugins.dir`"
    );
    CHECK(findings(file(here + "path = '/dev/null'\n")).empty());
}

TEST_CASE("config: a keep-alive must come before the idle timeout", "[config]") {
    CHECK(
        finding(file("[quic]\nidle_timeout = '5s'\n"))
        == "host.toml:2:1  error  quiet connections will be given up, no keep-alive is sent in "
           "time:"
           " `quic.keep_alive` is 5s, `quic.idle_timeout` 5s;"
           " make `quic.keep_alive` at most half of `quic.idle_timeout`"
    );
    CHECK(
        finding(sets({"quic.keep_alive=16s"}))
        == "--set  warning  quiet connections will be given up, one lost packet is enough:"
           " `quic.keep_alive` is 16s, `quic.idle_timeout` 30s;"
           " make `quic.keep_alive` at most half of `quic.idle_timeout`"
    );
    CHECK(findings(sets({"quic.keep_alive=15s"})).empty());
}

TEST_CASE("config: one peer may not have more connections than all", "[config]") {
    CHECK(
        finding(sets({"quic.connections_max=15"}))
        == "--set  error  `quic.connections_per_peer_max` (16) must not be above"
           " `quic.connections_max` (15)"
    );
}

TEST_CASE("config: an address may be bound once", "[config]") {
    CHECK(
        finding(file("net.bind = ['127.0.0.1', '::1', '0:0::1']"))
        == "host.toml:1:5  error  `net.bind[2]`, 0:0::1, is there twice; leave it out"
    );
    CHECK(
        finding(file("net.bind = ['127.0.0.1', '0.0.0.0', '::1']"))
        == "host.toml:1:5  error  `net.bind[0]`, 127.0.0.1, is covered by the unspecified address"
           " beside it; leave it out"
    );
}

TEST_CASE("config: a peer that is named twice is pointed out", "[config]") {
    const std::string peer(peer_a);
    const std::string elsewhere = peer.substr(0, 64) + "@192.0.2.99:1";
    CHECK(
        finding(file("mesh.peers = ['" + peer + "', '" + elsewhere + "']"))
        == "host.toml:1:6  warning  `mesh.peers[0]` and `[1]` are the same peer, ae58ff8833; write"
           " its addresses in one element: ID@ADDR,ADDR"
    );
}

TEST_CASE("config: a socket's path has the kernel's limit", "[config]") {
    const std::string fits = "/" + std::string(106, 's');
    CHECK(findings(sets({"admin.socket=" + fits})).empty());
    CHECK(
        finding(sets({"admin.socket=" + fits + "s"}))
        == "--set  error  `admin.socket` is 108 bytes long, a socket's path may be 107: " + fits
               + "s; set `admin.socket` to a shorter path"
    );
}

TEST_CASE("config: views of the gossip have to fit each other", "[config]") {
    CHECK(finding(sets({"gossip.alpn=''"})) == "--set  error  `gossip.alpn` must not be empty");
    CHECK(
        finding(sets({"gossip.active_view=8", "gossip.passive_view=6"}))
        == "--set  warning  neighbours that are lost together cannot all be replaced:"
           " `gossip.passive_view` (6) is below `gossip.active_view` (8);"
           " make `gossip.passive_view` about six times `gossip.active_view`"
    );
    CHECK(findings(sets({"gossip.active_view=8"})).empty());
}

TEST_CASE("config: a dashboard that others can reach takes TLS and a token", "[config]") {
    const std::string everywhere = "[observe]\nlisten = '0.0.0.0:7780'\n";
    const std::string remedy =
        "; set `observe.tls_cert`, `observe.tls_key` and `observe.token_file`; or listen at "
        "127.0.0.1 and come through `ssh -L`";
    CHECK(
        finding(file(everywhere))
        == "host.toml:2:1  error  others can reach `observe.listen`, 0.0.0.0:7780, which takes TLS "
           "and a token file"
               + remedy
    );
    CHECK(finding(file(everywhere + "token_file = '/t'\n")).ends_with(remedy));
    const std::string tls = "tls_cert = '/c'\ntls_key = '/k'\n";
    CHECK(finding(file(everywhere + tls)).ends_with(remedy));
    const std::string all = everywhere + tls + "token_file = '/t'\n";
    CHECK(
        finding(file(all))
        == "host.toml:2:1  error  `observe.names` is empty: what browsers call 0.0.0.0:7780 is not "
           "known; set it to the names in the certificate"
    );
    CHECK(findings(file(all + "names = ['mesh.example']\n")).empty());
    CHECK(findings(file("[observe]\nlisten = '192.0.2.1:1'\ntoken_file = '/t'\n" + tls)).empty());
    CHECK(
        finding(file("[observe]\ntls_key = '/k'\n"))
        == "host.toml:2:1  error  `observe.tls_cert` and `observe.tls_key` belong together; set "
           "both, or none"
    );
    for (const auto* local : {"127.0.0.1:7780", "[::1]:0", "127.9.9.9:1"})
        CHECK(findings(sets({std::string("observe.listen=") + local})).empty());
}
