// SPDX-License-Identifier: Apache-2.0
// Uses every table that there is; its digest shows what it saw.
#include <mesh/plugin.hpp>

struct recorder : mesh::role {
    static constexpr const char* needs[] =
        {MESH_EXT_LOG, MESH_EXT_CONFIG, MESH_EXT_TIMER, MESH_EXT_PEERS, MESH_EXT_DIGEST, nullptr};
    static constexpr auto period =
        mesh::option<std::int64_t>("period_ms", "1", "1..60000", "of the ticks");
    static constexpr auto greeting = mesh::option<std::string_view>(
        "words.greeting",
        "\"hello\"",
        "len:1..16",
        "what it says when it starts"
    );
    static constexpr const mesh_config_key* config[] = {&period, &greeting, nullptr};

    mesh::digest<std::string> said{*this, "said"};
    mesh::digest<std::string> last_peer{*this, "last_peer"};
    mesh::digest<std::uint64_t> present{*this, "present", {"{peer}"}};
    mesh::digest<std::int64_t> ticks{*this, "ticks"};
    mesh::digest<std::string> heard{*this, "heard"};
    std::int64_t ticked = 0;
    mesh::scoped clock;

    void start() override {
        said = conf<std::string>("words.greeting");
        info("started", {{"instance", instance()}, {"period_ms", conf<std::int64_t>("period_ms")}});
        keep(peers([this](auto& event) {
            static constexpr const char* names[] =
                {"?", "up", "down", "changed", "draining", "suspect"};
            last_peer = names[event.peer->state] + std::string(" ")
                        + std::string(mesh::view(event.peer->roles));
            present = peer_count();
        }));
        clock = every(std::chrono::milliseconds(conf<std::int64_t>("period_ms")), [this] {
            ticks = ++ticked;
            if (ticked == 3) clock.reset();  // from inside its own handler
        });
        const auto status = need<mesh_digest_v1>()
                                .watch(host(), mesh::str("compute"), mesh::str("lo*"), 5, &watch_);
        check(status, "watch");
    }

    void on_event(const mesh_event& event) override {
        if (event.kind != MESH_EV_DIGEST) return;
        const auto& changed = reinterpret_cast<const mesh_ev_digest&>(event);
        const auto key = std::string(mesh::view(changed.key));
        heard = changed.value.type == MESH_T_NONE
                    ? key + " cleared"
                    : key + " " + std::to_string(changed.value.as.f64);
    }

    void stop() override { check(need<mesh_digest_v1>().unwatch(host(), watch_), "unwatch"); }

private:
    mesh_handle watch_ = 0;
};
MESH_PLUGIN(recorder, "recorder", "1.2.3", "tests", "shows what it sees");
