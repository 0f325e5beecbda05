// SPDX-License-Identifier: Apache-2.0
// Tries to reach out of where it runs, and says how far it came.
#include <mesh/plugin.hpp>

#include <fcntl.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>
#include <cstring>
#include <string>

struct snoop : mesh::role {
    static constexpr auto file_option =
        mesh::option<std::string_view>("file", "\"/\"", "len:1..400", "what it opens");
    static constexpr const mesh_config_key* config[] = {&file_option, nullptr};

    mesh::digest<std::string> read_said{*this, "read"};
    mesh::digest<std::string> write_said{*this, "write"};
    mesh::digest<std::string> socket_said{*this, "socket"};
    mesh::digest<std::string> signal_said{*this, "signal"};

    static std::string said(int result) {
        const std::string words = result < 0 ? ::strerrorname_np(errno) : "done";
        if (result > 2) ::close(result);
        return words;
    }

    void start() override {
        const std::string file(conf<std::string>("file"));
        read_said = said(::open(file.c_str(), O_RDONLY | O_CLOEXEC));
        write_said = said(::open(file.c_str(), O_WRONLY | O_CLOEXEC));
        socket_said = said(::socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0));
        signal_said = said(::kill(::getppid(), 0));
    }
};

MESH_PLUGIN(snoop, "snoop", "1.0.0", "tests", "tries to reach out");
