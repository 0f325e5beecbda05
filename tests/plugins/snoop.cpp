// SPDX-License-Identifier: Apache-2.0
// Tries to reach out of where it runs, and says how far it came.
#include <mesh/plugin.hpp>

#include <fcntl.h>
#include <sys/ioctl.h>
#include <sys/ipc.h>
#include <sys/msg.h>
#include <sys/resource.h>
#include <sys/sem.h>
#include <sys/shm.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <csignal>
#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <mqueue.h>
#include <sched.h>
#include <string>

#include <asm/sockios.h>

namespace {

constexpr pid_t nobody = 0x3fffffff;  // above the kernel's PID_MAX_LIMIT
constexpr key_t no_key = 0x736e6f6f;
void* const no_memory = reinterpret_cast<void*>(-1);

}  // namespace

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
    mesh::digest<std::string> others_said{*this, "others", {.max_len = 200}};
    mesh::digest<std::string> own_said{*this, "own", brief};

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

    /// What the kernel would do to any process of the same user. Here the numbers are ones that
    /// nobody has, so that where it may, nothing comes of it.
    static std::string done_to_others() {
        sched_param param{};
        cpu_set_t all;
        std::memset(&all, 0xff, sizeof all);
        f_owner_ex owner{F_OWNER_PID, nobody};
        int pid = nobody;
        // As an attribute the kernel knows none that is so short.
        std::array<std::uint32_t, 2> attributes{8, 0};
        const int file = ::open("/dev/null", O_RDONLY | O_CLOEXEC);
        std::string done;
        const auto attempt = [&done](const char* name, long result) {
            if (result < 0 && errno == EPERM) return;
            done += (done.empty() ? "" : " ") + std::string(name);
        };
        attempt("setown", ::fcntl(file, F_SETOWN, nobody));
        attempt("setown_ex", ::fcntl(file, F_SETOWN_EX, &owner));
        attempt("setsig", ::fcntl(file, F_SETSIG, SIGTERM));
        attempt("fiosetown", ::ioctl(file, FIOSETOWN, &pid));
        attempt("siocspgrp", ::ioctl(file, SIOCSPGRP, &pid));
        attempt("affinity", ::sched_setaffinity(nobody, sizeof all, &all));
        attempt("scheduler", ::sched_setscheduler(nobody, SCHED_OTHER, &param));
        attempt("param", ::sched_setparam(nobody, &param));
        attempt("attr", ::syscall(SYS_sched_setattr, nobody, attributes.data(), 0));
        attempt("priority", ::setpriority(PRIO_PROCESS, nobody, 0));
        attempt("priorities", ::setpriority(PRIO_USER, nobody, 0));
        attempt("ioprio", ::syscall(SYS_ioprio_set, 1, nobody, 0));
        attempt("ioprios", ::syscall(SYS_ioprio_set, 3, nobody, 0));
        attempt("shm", ::shmget(no_key, 1, 0));
        attempt("shmat", ::shmat(-1, nullptr, 0) == no_memory ? -1 : 0);
        attempt("msg", ::msgget(no_key, 0));
        attempt("sem", ::semget(no_key, 1, 0));
        attempt("mq", ::mq_open("/snoop-has-none", O_RDONLY));
        if (file >= 0) ::close(file);
        return done.empty() ? "none" : done;
    }
    /// And to itself, which stays its own.
    static int done_to_itself() {
        cpu_set_t cpus;
        sched_param param{};
        if (::sched_getaffinity(0, sizeof cpus, &cpus) != 0) return -1;
        if (::sched_setaffinity(0, sizeof cpus, &cpus) != 0) return -1;
        if (::sched_setscheduler(0, SCHED_OTHER, &param) != 0) return -1;
        return ::setpriority(PRIO_PROCESS, 0, ::getpriority(PRIO_PROCESS, 0));
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
        others_said = done_to_others();
        own_said = said(done_to_itself());
        secret_said = ::getenv("SNOOP_SECRET") == nullptr ? "none" : "seen";
    }
};

MESH_PLUGIN(snoop, "snoop", "1.0.0", "tests", "tries to reach out");
