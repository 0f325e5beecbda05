// SPDX-License-Identifier: Apache-2.0
// The probe process of the tests: what the host's own binary does for "--probe-plugin <path>".
#include "plugin/plugin_probe.hpp"

int main(int argc, char** argv) {
    return argc == 3 ? meshhost::plugin::plugin_probe_main(argv[2]) : 2;
}
