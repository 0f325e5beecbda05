// SPDX-License-Identifier: Apache-2.0
#include "config/config_check.hpp"

#include "config/bind_endpoints.hpp"
#include "config/duration_text.hpp"
#include "identity/endpoint_addr.hpp"

#include <sys/un.h>

#include <algorithm>
#include <filesystem>
#include <map>

namespace meshhost::config {
namespace {

std::string origin_of(const loaded_config& loaded, std::string_view path) {
    const auto found =
        std::find_if(loaded.settings.begin(), loaded.settings.end(), [&](const setting& setting) {
            return setting.path == path;
        });
    return found == loaded.settings.end() ? "default" : found->origin;
}

config_problem problem(std::string where, severity severity, std::string message) {
    config_problem made;
    made.where = std::move(where);
    made.severity = severity;
    made.message = std::move(message);
    return made;
}

/// The one of two keys that somebody set, to point at; the first if both were.
std::string origin_of_either(
    const loaded_config& loaded,
    std::string_view first,
    std::string_view second
) {
    const std::string origin = origin_of(loaded, first);
    return origin == "default" ? origin_of(loaded, second) : origin;
}

void check_keep_alive(const loaded_config& loaded, config_problems& found) {
    const quic_config& quic = loaded.values.quic;
    const bool survives_a_loss = quic.keep_alive * 2 <= quic.idle_timeout;
    if (survives_a_loss) return;
    const bool useless = quic.keep_alive >= quic.idle_timeout;
    const std::string fact =
        useless ? "no keep-alive is sent in time" : "one lost packet is enough";
    found.push_back(problem(
        origin_of_either(loaded, "quic.keep_alive", "quic.idle_timeout"),
        useless ? severity::error : severity::warning,
        "quiet connections will be given up, " + fact + ": `quic.keep_alive` is "
            + format_duration(quic.keep_alive) + ", `quic.idle_timeout` "
            + format_duration(quic.idle_timeout)
    ));
    found.back().hint = "make `quic.keep_alive` at most half of `quic.idle_timeout`";
}

void check_connection_limits(const loaded_config& loaded, config_problems& found) {
    const quic_config& quic = loaded.values.quic;
    if (quic.connections_per_peer_max <= quic.connections_max) return;
    found.push_back(problem(
        origin_of_either(loaded, "quic.connections_per_peer_max", "quic.connections_max"),
        severity::error,
        "`quic.connections_per_peer_max` (" + std::to_string(quic.connections_per_peer_max)
            + ") must not be above `quic.connections_max` (" + std::to_string(quic.connections_max)
            + ")"
    ));
}

void check_bind(const loaded_config& loaded, config_problems& found) {
    const net_config& net = loaded.values.net;
    if (net.bind.empty()) return;
    const std::vector<ip_endpoint> addresses = bind_endpoints(net);
    for (std::size_t i = 0; i < addresses.size(); ++i) {
        const auto one = addresses.begin() + static_cast<std::ptrdiff_t>(i);
        const bool twice = std::find(addresses.begin(), one, *one) != one;
        const bool covered = std::any_of(addresses.begin(), addresses.end(), [&](const auto& any) {
            return any.family == one->family && any.is_unspecified() && any != *one;
        });
        if (!twice && !covered) continue;
        const std::string fact =
            twice ? " is there twice" : " is covered by the unspecified address beside it";
        found.push_back(problem(
            origin_of(loaded, "net.bind"),
            severity::error,
            "`net.bind[" + std::to_string(i) + "]`, " + net.bind[i] + "," + fact
        ));
        found.back().hint = "leave it out";
    }
}

void check_peers(const loaded_config& loaded, config_problems& found) {
    std::map<identity::endpoint_id, std::size_t> seen;
    const std::vector<std::string>& peers = loaded.values.mesh.peers;
    for (std::size_t i = 0; i < peers.size(); ++i) {
        const auto peer = identity::parse_peer(peers[i]);
        if (!peer) continue;  // the loader refuses those
        const auto [place, fresh] = seen.emplace(peer->id, i);
        if (fresh) continue;
        const std::string both =
            "`mesh.peers[" + std::to_string(place->second) + "]` and `[" + std::to_string(i) + "]`";
        found.push_back(problem(
            origin_of(loaded, "mesh.peers"),
            severity::warning,
            both + " are the same peer, " + peer->id.short_text()
        ));
        found.back().hint = "write its addresses in one element: ID@ADDR,ADDR";
    }
}

void check_gossip(const loaded_config& loaded, config_problems& found) {
    const gossip_config& gossip = loaded.values.gossip;
    if (gossip.alpn.empty())
        found.push_back(problem(
            origin_of(loaded, "gossip.alpn"),
            severity::error,
            "`gossip.alpn` must not be empty"
        ));
    const bool has_reserve = gossip.active_view == 0 || gossip.passive_view == 0
                             || gossip.passive_view >= gossip.active_view;
    if (has_reserve) return;
    found.push_back(problem(
        origin_of_either(loaded, "gossip.passive_view", "gossip.active_view"),
        severity::warning,
        "neighbours that are lost together cannot all be replaced: `gossip.passive_view` ("
            + std::to_string(gossip.passive_view) + ") is below `gossip.active_view` ("
            + std::to_string(gossip.active_view) + ")"
    ));
    found.back().hint = "make `gossip.passive_view` about six times `gossip.active_view`";
}

void check_socket(const loaded_config& loaded, config_problems& found) {
    constexpr std::size_t size_max = sizeof(sockaddr_un::sun_path) - 1;
    const std::string path = loaded.values.admin.socket.string();
    if (path.size() <= size_max) return;
    found.push_back(problem(
        origin_of(loaded, "admin.socket"),
        severity::error,
        "`admin.socket` is " + std::to_string(path.size()) + " bytes long, a socket's path may be "
            + std::to_string(size_max) + ": " + path
    ));
    found.back().hint = "set `admin.socket` to a shorter path";
}

/// Whoever reaches it may try to get in, and whoever is on the way may listen.
void check_dashboard(const loaded_config& loaded, config_problems& found) {
    const observe_config& observe = loaded.values.observe;
    const auto wrong = [&](std::string_view key, std::string message, std::string hint) {
        found.push_back(problem(origin_of(loaded, key), severity::error, std::move(message)));
        found.back().hint = std::move(hint);
    };
    if (observe.tls_cert.empty() != observe.tls_key.empty())
        return wrong(
            observe.tls_cert.empty() ? "observe.tls_key" : "observe.tls_cert",
            "`observe.tls_cert` and `observe.tls_key` belong together",
            "set both, or none"
        );
    const auto at = ip_endpoint::parse(observe.listen);
    if (!at || at->is_loopback()) return;
    if (observe.tls_cert.empty() || observe.token_file.empty())
        return wrong(
            "observe.listen",
            "others can reach `observe.listen`, " + observe.listen
                + ", which takes TLS and a token file",
            "set `observe.tls_cert`, `observe.tls_key` and `observe.token_file`; or listen at "
            "127.0.0.1 and come through `ssh -L`"
        );
    if (at->is_unspecified() && observe.names.empty())
        wrong(
            "observe.listen",
            "`observe.names` is empty: what browsers call " + observe.listen + " is not known",
            "set it to the names in the certificate"
        );
}

void check_data_dir(const loaded_config& loaded, config_problems& found) {
    const std::string path = loaded.values.node.data_dir.string();
    const bool lost = path.starts_with("/tmp/") && origin_of(loaded, "node.data_dir") == "default";
    if (!lost) return;
    found.push_back(problem(
        "default",
        severity::warning,
        "`node.data_dir` is " + path + ": this user has no home, and the key will be lost with /tmp"
    ));
    found.back().hint = "set `node.data_dir`";
}

/// Where the host looks for it: with a slash in its name there, else among the installed ones.
bool is_plugin_there(const loaded_config& loaded, const std::string& path) {
    namespace fs = std::filesystem;
    const fs::path& dir = loaded.values.plugins.dir;
    const bool is_place = path.find('/') != std::string::npos;
    std::error_code ignored;
    return fs::exists(is_place ? fs::path(path) : dir / path, ignored)
           || (!is_place && fs::exists(dir / (path + ".so"), ignored));
}

void check_plugin_files(const loaded_config& loaded, config_problems& found) {
    for (const plugin_config& plugin : loaded.values.plugin) {
        const std::string key = "plugin." + plugin.instance + ".path";
        if (is_plugin_there(loaded, plugin.path)) continue;
        found.push_back(problem(
            origin_of(loaded, key),
            severity::warning,
            "`" + key + "`: no file " + plugin.path
        ));
        found.back().hint = "a name without a slash is looked for in `plugins.dir`";
    }
}

}  // namespace

config_problems check_config(const loaded_config& loaded) {
    config_problems found;
    check_keep_alive(loaded, found);
    check_connection_limits(loaded, found);
    check_bind(loaded, found);
    check_peers(loaded, found);
    check_gossip(loaded, found);
    check_socket(loaded, found);
    check_dashboard(loaded, found);
    check_data_dir(loaded, found);
    check_plugin_files(loaded, found);
    return found;
}

}  // namespace meshhost::config
