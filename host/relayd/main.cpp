// SPDX-License-Identifier: Apache-2.0
// `meshrelay`: the relay.
#include "process/process_setup.hpp"
#include "relayd/relay_application.hpp"

int main(int argc, char** argv) {
    meshhost::process::make_process_safe();
    return meshhost::relayd::relay_main({argv + (argc > 0 ? 1 : 0), argv + argc});
}
