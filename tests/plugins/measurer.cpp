// SPDX-License-Identifier: Apache-2.0
// Measures and traces what it does, which is nothing else.
#include <mesh/plugin.hpp>

struct measurer : mesh::role {
    static constexpr const char* needs[] =
        {MESH_EXT_METRICS, MESH_EXT_TRACE, MESH_EXT_TIMER, MESH_EXT_DIGEST, nullptr};
    static constexpr const mesh_config_key* config[] = {nullptr};

    mesh::counter done{*this, "jobs.done", {"{job}", "jobs that are done"}};
    mesh::updown open{*this, "jobs.open"};
    mesh::gauge heat{*this, "heat", {"Cel"}};
    mesh::histogram took{*this, "job.duration", {"s", nullptr, {1, 10}}};
    mesh::tracer trace{*this};
    mesh::digest<bool> over{*this, "over"};
    mesh::scoped clock;

    void start() override {
        done.add(2, {{"kind", "a"}, {"ok", true}});
        done.add(3, {{"ok", true}, {"kind", "a"}});
        done.add(1, {{"kind", "b"}});
        open.add(5);
        open.add(-2);
        heat.set(20);
        heat.set(21.5);
        for (const double seconds : {0.5, 1.0, 5.0, 50.0})
            took.record(seconds);
        for (int i = 0; i < 100; ++i)
            open.add(1, {{"n", i}});
        auto whole = trace.begin("whole");
        whole.set({{"jobs", 6}});
        whole.event("half", {{"left", 3}});
        auto part = trace.begin_below(whole, "part");
        part.fail("it broke");
        whole.end();
        over = true;
        clock = every(std::chrono::milliseconds(50), [this] { trace.begin("tick"); });
    }
};
MESH_PLUGIN(measurer, "measurer", "1.0.0", "tests", "measures");
