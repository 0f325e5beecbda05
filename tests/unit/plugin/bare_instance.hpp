// SPDX-License-Identifier: Apache-2.0
#pragma once
// What is behind a mesh_host, with the test's thread as the strand, for tests that call the tables.
#include <mesh/plugin.h>

#include "plugin/instance_context.hpp"
#include "plugin/strand_pulse.hpp"
#include "plugin_bench.hpp"
#include "recording_uplink.hpp"

#include <boost/json/parse.hpp>

#include <memory>
#include <string>
#include <string_view>
#include <thread>

namespace meshhost::test {

/// An instance that is being created on this thread.
struct bare_instance {
    explicit bare_instance(const char* config = "{}", const std::string& state_directory = {})
        : role{.name = "test", .version = "1.0.0", .vendor = "", .summary = "", .table = &unused}
        , context(
              {.instance = "test-0",
               .path = "test.so",
               .role = &role,
               .self = {peer_id(0), "test", {}},
               .config = boost::json::parse(config),
               .digest_bytes = 256,
               .state = {state_directory},
               .log = {}},
              std::make_shared<plugin::event_queue>(),
              std::make_shared<recording_uplink>(),
              std::make_shared<plugin::strand_pulse>()
          ) {
        context.gate.bind_strand();
    }

    template <class Table>
    const Table& table(const char* id) const {
        return *static_cast<const Table*>(host->get_extension(host, id));
    }
    std::string last_error() const {
        const mesh_str words = host->last_error(host);
        return {words.ptr, words.len};
    }

    const mesh_role unused{};  // no callback is made here
    plugin::role_description role;
    plugin::instance_context context;
    const mesh_host* host = context.host.abi();
};

inline mesh_str str(std::string_view text) {
    return {text.data(), text.size()};
}

template <class Call>
mesh_status on_other_thread(Call call) {
    mesh_status status = 1000;
    std::thread([&] { status = call(); }).join();
    return status;
}

}  // namespace meshhost::test
