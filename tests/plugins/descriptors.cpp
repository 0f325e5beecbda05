// SPDX-License-Identifier: Apache-2.0
// Watches both ends of a socket pair: plays with itself, then closes one end under its watch.
#include <mesh/plugin.hpp>

#include <sys/socket.h>
#include <unistd.h>

#include <array>

struct descriptors : mesh::role {
    static constexpr const char* needs[] = {MESH_EXT_FD, MESH_EXT_DIGEST, nullptr};
    mesh::digest<std::uint64_t> rounds{*this, "rounds"};
    mesh::digest<std::uint64_t> errors{*this, "errors"};
    mesh::descriptors fds{*this};
    std::array<int, 2> ends{-1, -1};
    std::array<mesh::scoped, 2> watches;
    std::uint64_t played = 0;
    std::uint64_t failed = 0;

    void start() override {
        const int made =
            ::socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0, ends.data());
        if (made != 0) throw mesh::error(MESH_E_IO, "no sockets");
        for (std::size_t i = 0; i < 2; ++i)
            watches[i] = fds.watch(ends[i], MESH_FD_READ, [this, i](auto ready) { on(i, ready); });
        play(0);
    }
    void play(std::size_t from) {
        if (::write(ends[from], "x", 1) != 1) throw mesh::error(MESH_E_IO, "no write");
    }
    void on(std::size_t end, std::uint32_t ready) {
        if ((ready & MESH_FD_ERROR) != 0) {
            errors = ++failed;
            return;
        }
        char c = 0;
        if (::read(ends[end], &c, 1) != 1) return;
        rounds = ++played;
        if (played < 100) return play(end);
        fds.modify(watches[1 - end], 0);
        ::close(std::exchange(ends[end], -1));  // against the rule
    }
    void stop() override {
        for (auto& each : watches)
            each.reset();
        for (const int end : ends)
            if (end >= 0) ::close(end);
    }
};
MESH_PLUGIN(descriptors, "descriptors", "1.0.0", "tests", "watches sockets of its own");
