// SPDX-License-Identifier: Apache-2.0
// The processes of the tests: what the host's own binary does for "--probe-plugin <path>" and
// "--plugin-worker <path>".
#include "plugin/plugin_probe.hpp"
#include "plugin/plugin_worker.hpp"

#include <string_view>

int main(int argc, char** argv) {
    if (argc != 3) return 2;
    const std::string_view task = argv[1];
    return task == "--plugin-worker" ? meshhost::plugin::plugin_worker_main(argv[2])
                                     : meshhost::plugin::plugin_probe_main(argv[2]);
}
