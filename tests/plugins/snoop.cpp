// SPDX-License-Identifier: Apache-2.0
// Tries to reach out of where it runs, and says how far it came.
#include <mesh/plugin.hpp>

#include <fcntl.h>
#include <sys/ioctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>
#include <cstdlib>
#include <cstring>
#include <sched.h>
#include <string>

struct snoop : mesh::role {
    static constexpr auto file_option =
        mesh::option<std::string_view>("file", "\"/\"", "len:1..400", "what it opens");
    static constexpr const mesh_config_key* config[] = {&file_option, nullptr};

    static constexpr mesh::digest_options brief{.max_len = 16};
    mesh::digest<std::string> read_said{*this, "read", brief};
    mesh::digest<std::string> write_said{*this, "write", brief};
    mesh::digest<std::string> socket_said{*this, "socket", brief};
    mesh::digest<std::string> local_said{*this, "local", brief};
    mesh::digest<std::string> cut_said{*this, "cut", brief};
    mesh::digest<std::string> connect_said{*this, "connect", brief};
    mesh::digest<std::string> signal_said{*this, "signal", brief};
    mesh::digest<std::string> datagram_said{*this, "datagram", brief};
    mesh::digest<std::string> pair_said{*this, "pair", brief};
    mesh::digest<std::string> fast_said{*this, "fast", brief};
    mesh::digest<std::string> mode_said{*this, "mode", brief};
    mesh::digest<std::string> space_said{*this, "space", brief};
    mesh::digest<std::string> limits_said{*this, "limits", brief};
    mesh::digest<std::string> keys_said{*this, "keys", brief};
    mesh::digest<std::string> child_said{*this, "child", brief};
    mesh::digest<std::string> secret_said{*this, "secret", brief};

    /// In the probe, too: what it sees there it says by failing.
    snoop() {
        struct stat report {};
        const bool is_probe = ::fstat(3, &report) == 0 && S_ISFIFO(report.st_mode);
        if (is_probe && ::getenv("SNOOP_SECRET") != nullptr) ::_exit(9);
    }

    /// A child in a namespace of users of its own.
    static int new_namespace() {
        const long child =
            ::syscall(SYS_clone, CLONE_NEWUSER | SIGCHLD, nullptr, nullptr, nullptr, 0);
        if (child == 0) ::_exit(0);
        return child < 0 ? -1 : 0;
    }
    static int with_child() {
        const pid_t child = ::fork();
        if (child == 0) ::_exit(0);
        return child < 0 ? -1 : 0;
    }

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
        local_said = said(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0));
        // The kernel cuts the domain down to an int.
        constexpr long above_int = 1L << 32;
        cut_said =
            said(static_cast<int>(::syscall(SYS_socket, above_int | AF_UNIX, SOCK_STREAM, 0)));
        connect_said = said(::connect(-1, nullptr, 0));
        signal_said = said(::kill(::getppid(), 0));
        datagram_said = said(::socket(AF_UNIX, SOCK_RAW | SOCK_CLOEXEC, 0));
        int pair[2];
        pair_said = said(::socketpair(AF_UNIX, SOCK_DGRAM, 0, pair));
        fast_said = said(static_cast<int>(::sendto(-1, "", 0, MSG_FASTOPEN, nullptr, 0)));
        mode_said = said(::chmod(file.c_str(), 0666));
        space_said = said(new_namespace());
        rlimit limits{};
        limits_said = said(::prlimit(::getppid(), RLIMIT_NOFILE, nullptr, &limits));
        char key = 'x';
        keys_said = said(::ioctl(-1, TIOCSTI, &key));
        child_said = said(with_child());
        secret_said = ::getenv("SNOOP_SECRET") == nullptr ? "none" : "seen";
    }
};

MESH_PLUGIN(snoop, "snoop", "1.0.0", "tests", "tries to reach out");
