// SPDX-License-Identifier: Apache-2.0
// Knows how a host and the process of a role speak, and abuses it. Its constructor runs before
// anybody asks for it; HOSTILE_LIE: in the probe, it reports in the host's stead;
// HOSTILE_EARLY: it is over before it is there; HOSTILE_FREEZE: it is never made.
#include <mesh/plugin.hpp>

#include "plugin/proto/frame_stream.hpp"
#include "plugin/proto/worker_link.hpp"

#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>
#include <cstring>
#include <poll.h>
#include <string>

namespace proto = meshhost::plugin::proto;

namespace {

constexpr int socket_fd = 3;
constexpr int pulse_fd = 5;

bool is_probe() {
    struct stat found {};
    return ::fstat(socket_fd, &found) == 0 && S_ISFIFO(found.st_mode);
}

/// Past the SDK, in the host's own words.
void say(const proto::up_message& message) {
    meshhost::byte_buffer frame;
    proto::append_frame(frame, [&](meshhost::byte_buffer& out) {
        proto::encode(proto::from_worker(message), out);
    });
    for (std::size_t done = 0; done < frame.size();) {
        const auto sent = ::send(socket_fd, frame.data() + done, frame.size() - done, MSG_NOSIGNAL);
        if (sent < 0 && errno != EAGAIN) return;
        if (sent > 0) done += static_cast<std::size_t>(sent);
        pollfd room{socket_fd, POLLOUT, 0};
        if (sent < 0) ::poll(&room, 1, -1);
    }
}

__attribute__((constructor)) void begin() {
    if (!is_probe()) {
        (void)!::ftruncate(pulse_fd, 0);
        return;
    }
#ifdef HOSTILE_LIE
    constexpr const char* lie =
        "role {\"role\":\"" HOSTILE_LIE "\",\"version\":\"1\",\"vendor\":\"\",\"summary\":\"\","
        "\"flags\":0,\"cpu\":0,\"memory\":0,\"permissions\":[],"
        "\"capabilities\":[],\"warnings\":[],\"instance\":\"other\"}\ndone\n";
    (void)!::write(socket_fd, lie, std::strlen(lie));
    ::_exit(0);
#endif
}

}  // namespace

struct hostile : mesh::role {
    static constexpr auto deed = mesh::option<std::string_view>(
        "deed",
        "\"nothing\"",
        "oneof:nothing|freeze|linger|leave|leave_child|flood|vanish|strange_signal|strange_state|"
        "stop_alone",
        "what it does"
    );
    static constexpr const mesh_config_key* config[] = {&deed, nullptr};

    mesh::digest<std::int64_t> process{*this, "process"};
    mesh::digest<std::int64_t> child{*this, "child"};
    mesh::scoped clock;

    hostile() {
#ifdef HOSTILE_EARLY
        if (!is_probe()) say(proto::up::exited{});
#endif
#ifdef HOSTILE_FREEZE
        if (!is_probe()) ::raise(SIGSTOP);
#endif
#ifdef HOSTILE_SIGNAL
        ::raise(SIGRTMIN + 1);
#endif
    }

    void start() override {
        process = ::getpid();
        const auto what = conf<std::string>("deed");
        if (what == "freeze") ::raise(SIGSTOP);
        clock = every(std::chrono::milliseconds(1), [this] {
            clock.reset();
            act(conf<std::string>("deed"));
        });
    }

    void act(const std::string& what) {
        if (what == "linger") linger();
        if (what == "leave") say(proto::up::exited{});
        if (what == "leave_child") leave_child();
        if (what == "flood") flood();
        if (what == "strange_signal") ::raise(SIGRTMIN + 1);  // which has no name
        if (what == "strange_state") say(proto::up::state_changed{proto::instance_state{200}});
        if (what == "stop_alone") say(proto::up::state_changed{proto::instance_state::stopped});
        if (what == "vanish") ::shutdown(socket_fd, SHUT_RDWR);
    }

    /// Says its last word, and stays.
    void linger() {
        say(proto::up::state_changed{proto::instance_state::failed});
        say(proto::up::exited{});
        for (;;)
            ::pause();
    }

    /// Dies, and leaves a process that has its socket.
    void leave_child() {
        const pid_t made = ::fork();
        if (made == 0) {
            for (;;)
                ::pause();
        }
        child = made;
        clock = every(std::chrono::milliseconds(50), [] { ::_exit(1); });
    }

    /// What fills logs and tables.
    void flood() {
        for (int i = 0; i < 20000; ++i) {
            say(proto::up::faulted{"MP301", "flooded " + std::to_string(i)});
            say(proto::up::state_changed{proto::instance_state::starting});
            say(proto::up::value_said{{"hostile", "k" + std::to_string(i), "", std::int64_t{i}}});
            say(proto::up::health_said{MESH_HEALTH_DEGRADED, std::to_string(i)});
        }
        process = 1;
    }
};

MESH_PLUGIN(hostile, "hostile", "1.0.0", "tests", "abuses the host");
