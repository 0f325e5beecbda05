// SPDX-License-Identifier: Apache-2.0
// Stops without joining its thread, which goes on calling; the file that the configuration names
// gets the status of a call that came too late. Only then is it destroyed.
#include <mesh/plugin.hpp>

#include <cstdio>
#include <fstream>
#include <future>
#include <thread>

struct late_thread : mesh::role {
    std::promise<void> told;
    std::future<void> is_told = told.get_future();
    bool is_started = false;

    ~late_thread() {
        if (is_started) is_told.wait();
    }
    void start() override {
        is_started = true;
        const auto* const given = host();
        std::thread([this, given, file = conf<std::string>("report")] {
            mesh_status status = MESH_OK;
            while ((status = given->post(given, 99, nullptr)) != MESH_E_STATE)
                std::this_thread::yield();
            std::ofstream(file + ".part") << status;
            std::rename((file + ".part").c_str(), file.c_str());
            told.set_value();
        }).detach();
    }
};
MESH_PLUGIN(late_thread, "test", "1.0.0", "tests", "leaves a thread behind");
