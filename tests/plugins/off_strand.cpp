// SPDX-License-Identifier: Apache-2.0
// A thread of its own calls what is for the strand, a hundred times at one place and once at
// another, then what is for anybody; the digest shows what it got for it.
#include <mesh/plugin.hpp>

#include <thread>

struct off_strand : mesh::role {
    mesh::digest<std::int64_t> refused{*this, "refused"};
    mesh::digest<std::string> words{*this, "words", {nullptr, 0, mesh::ns(0), 64}};
    mesh::digest<bool> on_strand{*this, "on_strand"};
    std::thread thread;

    void start() override {
        thread = std::thread([this] {
            std::uint64_t cursor = 0;
            mesh_peer peer{};
            peer.struct_size = sizeof peer;
            mesh_status status = MESH_OK;
            for (int i = 0; i < 100; ++i)
                status = need<mesh_peers_v1>().next(host(), &cursor, &peer);
            need<mesh_peers_v1>().unwatch(host(), 1);
            words = std::string(mesh::view(host()->last_error(host())));
            refused = status;
            post([this] { on_strand = host()->on_strand(host()); });
        });
    }
    void stop() override { thread.join(); }
};
MESH_PLUGIN(off_strand, "test", "1.0.0", "tests", "calls from its own thread");
