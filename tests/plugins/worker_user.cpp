// SPDX-License-Identifier: Apache-2.0
// Hands work to the host's pool. What it does is its configuration: "sum", "flood", "throw",
// "cross", "long", which is stopped while a job waits for the role to end, or "held", whose job
// ends when there is the file `over` in its state directory.
#include <mesh/plugin.hpp>

#include <unistd.h>

#include <atomic>
#include <chrono>
#include <stdexcept>
#include <string>
#include <thread>

struct worker_user : mesh::role {
    static constexpr const char* needs[] =
        {MESH_EXT_WORKER, MESH_EXT_DIGEST, MESH_EXT_STATE, nullptr};
    static constexpr auto mode_option =
        mesh::option<std::string_view>("mode", "\"sum\"", nullptr, "what it does");
    static constexpr const mesh_config_key* config[] = {&mode_option, nullptr};

    mesh::workers pool{*this};
    mesh::digest<std::int64_t> sum{*this, "sum"};
    mesh::digest<std::int64_t> taken{*this, "taken"};
    mesh::digest<std::int64_t> ended{*this, "ended"};
    mesh::digest<std::string> words{*this, "words", {nullptr, 0, mesh::ns(0), 64}};
    mesh::digest<bool> elsewhere{*this, "elsewhere"};
    mesh::digest<std::int64_t> ticks{*this, "ticks"};
    mesh::state kept{*this};
    std::int64_t ticked = 0;
    std::atomic<bool> is_over{false};
    std::int64_t over = 0;
    bool crosses = false;

    void start() override {
        const auto mode = conf<std::string>("mode");
        if (mode == "sum") add();
        if (mode == "flood") flood();
        if (mode == "throw") {
            pool.run(
                []() -> int { throw std::runtime_error("no number"); },
                [](int) {},
                [this](mesh_status, const std::string& why) { words = why; }
            );
        }
        if (mode == "cross") {
            crosses = true;
            check(need<mesh_worker_v1>().submit(host(), 1, nullptr), "submit");
        }
        if (mode == "held") hold();
        if (mode == "long") {
            for (int i = 0; i < 20; ++i) {
                pool.run(
                    [this] {
                        while (!is_over)
                            std::this_thread::yield();
                    },
                    [this] { count(); },
                    [this](mesh_status, const std::string&) { count(); }
                );
            }
            taken = 20;
        }
    }

    void drain(mesh::ns) override {
        is_over = true;
        drained();
    }

    void stop() override {
        // Nobody hears the digest of a role that stops; the log is what the test reads.
        info("over", {{"jobs", over}});
        if (conf<std::string>("mode") == "long" && over != 20)
            throw mesh::error(MESH_E_INTERNAL, std::to_string(over) + " of 20 ended");
    }

    void count() { ended = ++over; }

    void add() {
        pool.run(
            [this] {
                std::int64_t all = 0;
                for (int i = 1; i <= 1000; ++i)
                    all += i;
                return std::pair(all, host()->on_strand(host()));
            },
            [this](std::pair<std::int64_t, bool> result) {
                sum = result.first;
                elsewhere = !result.second && host()->on_strand(host());
            }
        );
    }

    void hold() {
        const auto end = [file = kept.directory() + "/over"] {
            while (::access(file.c_str(), F_OK) != 0)
                std::this_thread::sleep_for(std::chrono::milliseconds(5));
        };
        pool.run(end, [this] { count(); });
        keep(every(mesh::ns(5'000'000), [this] { ticks = ++ticked; }));
        taken = 1;
    }

    void flood() {
        std::int64_t accepted = 0;
        while (pool.run([] {}, [this] { count(); }))
            if (++accepted == 100'000) break;
        taken = accepted;
    }

    const void* plugin_extension(std::string_view id) noexcept override {
        // As a binary would that breaks its promise.
        static const auto throws =
            reinterpret_cast<mesh_status (*)(mesh_instance*, std::uint64_t, void*) noexcept>(
                &run_badly
            );
        static const mesh_plugin_worker_v1 bad{sizeof bad, throws};
        return crosses && id == MESH_PLUGIN_EXT_WORKER ? &bad : nullptr;
    }
    static mesh_status run_badly(mesh_instance*, std::uint64_t, void*) {
        throw std::runtime_error("out of cheese");
    }
};
MESH_PLUGIN(worker_user, "worker", "1.0.0", "tests", "hands work over");
