// SPDX-License-Identifier: Apache-2.0
// Throws in every timer event; the C++ layer catches it.
#include <mesh/plugin.hpp>

#include <stdexcept>

struct throwing : mesh::role {
    void start() override {
        const std::chrono::milliseconds period(1);
        keep(every(period, [] { throw std::runtime_error("queue is corrupt"); }));
    }
};
MESH_PLUGIN(throwing, "test", "1.0.0", "tests", "throws");
