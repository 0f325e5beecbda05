// SPDX-License-Identifier: Apache-2.0
#pragma once
// A role in plain C++ over the C ABI that uses most of the tables, for the tests of the fake host.
// It keeps what it heard where a test can look.
#include <mesh/plugin.hpp>

#include <string>
#include <vector>

namespace chatty {

/// What the plugin of this test program is made of; one instance at a time is looked at.
struct role : mesh::role {
    static inline role* latest = nullptr;
    static constexpr auto limit = mesh::option<std::int64_t>("limit", "7", "1..100", "a limit");
    static constexpr const char* permissions[] = {
        "gossip:sub:#",
        "gossip:pub:news",
        "message:serve:shout",
        "message:send:#",
        "alpn:echo/1",
        "alpn:sink/1",
        "alpn:chat/1",
        "alpn:none/1",
        "identity:sign",
        nullptr};
    static constexpr const mesh_config_key* config[] = {&limit, nullptr};

    role() { latest = this; }
    ~role() override {
        if (latest == this) latest = nullptr;
    }

    void start() override {
        keep(every(
            std::chrono::seconds(1),
            [this] { ticks = ++tick_count; },
            "tick"
        ));
        keep(subscribe("news", [this](const mesh_ev_gossip& said) {
            heard.emplace_back(mesh::view(said.body));
        }));
        keep(serve("shout", [](const mesh_ev_message& asked) {
            std::string loud(mesh::view(asked.body));
            for (char& c : loud)
                c = c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c;
            return loud;
        }));
        keep(peers([this](const mesh_ev_peer& event) { peer_states.push_back(event.peer->state); })
        );
        bound = conf<std::int64_t>("limit");
        info("started", {{"limit", bound}});
    }
    void on_event(const mesh_event& event) override { others.push_back(event.kind); }

    // What tests call as if it came from a callback of the role's own.
    using mesh::role::check;
    using mesh::role::have;
    using mesh::role::host;
    using mesh::role::keep;
    using mesh::role::need;
    using mesh::role::peer_count;
    using mesh::role::post;
    using mesh::role::publish;
    using mesh::role::request;

    mesh::digest<std::int64_t> ticks{*this, "ticks"};
    std::int64_t tick_count = 0;
    std::int64_t bound = 0;
    std::int64_t first_bound = conf<std::int64_t>("limit");  ///< as a constructor may ask, too
    std::vector<std::string> heard;
    std::vector<std::uint32_t> peer_states;
    std::vector<std::uint32_t> others;
};

const mesh_plugin* plugin();

}  // namespace chatty
