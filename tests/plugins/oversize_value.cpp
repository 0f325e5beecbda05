// SPDX-License-Identifier: Apache-2.0
// Says in the digest what fits, then what does not; the first value is to stay, and the other key
// is not to notice.
#include <mesh/plugin.hpp>

#include <string>

struct oversize_value : mesh::role {
    mesh::digest<std::string> name{*this, "name", {nullptr, 0, mesh::ns(0), 16}};
    mesh::digest<std::int64_t> other{*this, "other"};
    mesh::scoped clock;

    void start() override {
        name = "short";
        clock = every(mesh::ns(1'000'000), [this] {
            clock.reset();
            other = 1;
            name = std::string(100, 'x');
        });
    }
};
MESH_PLUGIN(oversize_value, "test", "1.0.0", "tests", "says too much");
