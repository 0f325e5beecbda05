// SPDX-License-Identifier: Apache-2.0
// Does what its configuration says, some of it forbidden, a moment after its start.
#include <mesh/plugin.hpp>

#include <sys/socket.h>
#include <unistd.h>

#include <chrono>
#include <cstdlib>
#include <memory>
#include <thread>
#include <vector>

struct mischief : mesh::role {
    static constexpr auto deed = mesh::option<std::string_view>(
        "deed",
        "\"nothing\"",
        "oneof:nothing|crash|abort|exit|quit|babble|block|hang|hang_in_start|hang_in_stop|eat|give_"
        "up|"
        "misconfigured|throw_in_thread|who",
        "what it does"
    );
    static constexpr auto block_ms =
        mesh::option<std::int64_t>("block_ms", "400", "1..60000", "how long it blocks");
    static constexpr const mesh_config_key* config[] = {&deed, &block_ms, nullptr};

    static constexpr mesh_budget budget{
        .struct_size = sizeof(mesh_budget),
        .cpu_millicores = 0,
        .rss_bytes = 64u << 20,
        .state_bytes = 0,
        .max_callback_us = 0,
        .threads = 0,
        .digest_bytes = 0,
        .gossip_bytes_per_s = 0,
        .streams = 0,
        .timers = 0};

    mesh::digest<std::string> said{*this, "said"};
    mesh::digest<std::int64_t> user{*this, "user"};
    mesh::digest<std::int64_t> process{*this, "process"};
    mesh::scoped clock;

    void start() override {
        process = ::getpid();
        if (conf<std::string>("deed") == "hang_in_start") hang();
        clock = every(std::chrono::milliseconds(1), [this] {
            clock.reset();
            act(std::string(conf<std::string>("deed")));
        });
    }

    void stop() override {
        if (conf<std::string>("deed") == "hang_in_stop") hang();
    }

    void act(const std::string& what) {
        if (what == "throw_in_thread") throw_in_thread();
        if (what == "crash") *static_cast<volatile int*>(nullptr) = 1;
        if (what == "abort") std::abort();
        if (what == "exit") std::_Exit(3);
        if (what == "quit") std::exit(1);
        if (what == "babble") babble();
        if (what == "block") block();
        if (what == "hang") hang();
        if (what == "eat") eat();
        if (what == "give_up") fail(MESH_E_IO, "the disk is gone");
        if (what == "misconfigured") fail(MESH_E_CONFIG, "port 99999 is out of range");
        if (what == "who") user = ::getuid();
        said = "done";
    }

    __attribute__((noinline)) void block() {
        std::this_thread::sleep_for(std::chrono::milliseconds(conf<std::int64_t>("block_ms")));
    }

    /// Into every socket that there is, one of which goes to the host.
    void babble() {
        for (int fd = 3; fd < 16; ++fd) {
            for (int i = 0; i < 64; ++i)
                if (::send(fd, "\x7f\x7f\x7f\x7f", 4, MSG_NOSIGNAL | MSG_DONTWAIT) < 0) break;
        }
    }

    /// Nobody catches it there.
    void throw_in_thread() {
        std::thread([] { throw 7; }).join();
    }

    __attribute__((noinline)) void hang() {
        for (;;)
            ::pause();
    }

    /// More than its budget: it hears of it as of any want of memory.
    void eat() {
        std::vector<std::unique_ptr<char[]>> eaten;
        for (int mib = 0; mib < 2048; ++mib) {
            eaten.push_back(std::make_unique<char[]>(1u << 20));
            user = mib;
        }
    }
};

MESH_PLUGIN(mischief, "mischief", "1.0.0", "tests", "does what it is told");
