// SPDX-License-Identifier: Apache-2.0
// bridge: a UNIX socket on this machine that leads to a node of the mesh, and a count of the ways.
#include <mesh/plugin.hpp>
#include <mesh/relay.hpp>

#include <sys/un.h>

struct bridge : mesh::role {
    static constexpr const char* needs[] =
        {MESH_EXT_PEERS, MESH_EXT_DIGEST, MESH_EXT_STREAM, MESH_EXT_FD, nullptr};
    static constexpr const char* permissions[] = {"alpn:mesh-gateway/1", "net:in", nullptr};
    static constexpr auto exit_option = mesh::option<std::string_view>(
        "exit_role",
        "\"gateway\"",
        "len:1..32",
        "the role whose peers lead out of the mesh"
    );
    static constexpr auto socket_option = mesh::option<std::string_view>(
        "socket",
        "\"\"",
        "len:0..107",
        "the UNIX socket to listen on; none without it"
    );
    static constexpr const mesh_config_key* config[] = {&exit_option, &socket_option, nullptr};
    mesh::digest<std::uint64_t> exits{*this, "exits", {"{peer}"}};
    mesh::streams net{*this};
    mesh::descriptors fds{*this};
    std::string exit_role;
    std::string path;
    int listener = -1;
    mesh::scoped waiting;
    mesh::connection way;      ///< to a node that leads out
    std::vector<int> clients;  ///< for whom there is no stream yet

    void start() override {
        exit_role = conf<std::string>("exit_role");
        exits = peer_count(exit_role);
        keep(peers([this](auto&) { exits = peer_count(exit_role); }, exit_role));
        path = conf<std::string>("socket");
        if (!path.empty()) listen_at(path);
    }

    void listen_at(const std::string& where) {
        sockaddr_un address{AF_UNIX, {}};
        where.copy(address.sun_path, sizeof address.sun_path - 1);
        listener = ::socket(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
        const auto* const at = reinterpret_cast<const sockaddr*>(&address);
        if (::bind(listener, at, sizeof address) != 0 || ::listen(listener, 16) != 0)
            throw mesh::error(MESH_E_IO, "cannot listen at " + where);
        waiting = fds.watch(listener, MESH_FD_READ, [this](auto) { let_in(); });
    }

    /// A stream a client, over one connection to a node that leads out.
    void let_in() {
        const int client = ::accept4(listener, nullptr, nullptr, SOCK_NONBLOCK | SOCK_CLOEXEC);
        if (client < 0) return;
        clients.push_back(client);
        if (way.is_up()) return lead_out();
        if (way) return;  // on its way
        mesh_node_id to{};
        for_each_peer([&](const mesh_peer& peer) {
            if (mesh::has_role(peer, exit_role)) to = peer.id;
        });
        if (peer_count(exit_role) == 0) return turn_away();
        way = net.dial(to, "mesh-gateway/1", [this](auto) { lead_out(); });
        way.on_down([this](auto&, auto, auto) { turn_away(); });
    }
    void lead_out() {
        while (!clients.empty() && way.can_open()) {
            mesh::relay::join(fds, clients.back(), way.open());
            clients.pop_back();
        }
        turn_away();
    }
    void turn_away() {
        for (const int client : std::exchange(clients, {}))
            ::close(client);
    }

    void stop() override {
        waiting.reset();
        turn_away();
        if (listener < 0) return;
        ::close(std::exchange(listener, -1));
        ::unlink(path.c_str());
    }
};
MESH_PLUGIN(bridge, "bridge", "0.2.0", "meshhost", "joins the mesh to what is not in it");
