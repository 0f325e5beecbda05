// SPDX-License-Identifier: Apache-2.0
// Takes another configuration while it runs, unless it says "no".
#include <mesh/plugin.hpp>

#include <string>

struct reloader : mesh::role {
    static constexpr const char* needs[] = {MESH_EXT_DIGEST, MESH_EXT_HEALTH, nullptr};
    static constexpr auto word = mesh::option<std::string_view>(
        "word",
        "\"first\"",
        "len:1..32",
        "what it says",
        MESH_CFG_RELOAD
    );
    static constexpr auto fixed =
        mesh::option<std::int64_t>("fixed", "1", "1..9", "cannot change while it runs");
    static constexpr const mesh_config_key* config[] = {&word, &fixed, nullptr};

    mesh::digest<std::string> said{*this, "said"};
    mesh::digest<std::string> offered{*this, "offered"};
    mesh::digest<std::int64_t> applied{*this, "applied"};
    mesh::health health{*this};
    std::int64_t times = 0;

    void start() override { said = conf<std::string>("word"); }
    void check_config() override {
        offered = candidate<std::string>("word") + " over " + conf<std::string>("word");
        if (candidate<std::string>("word") == "no")
            throw mesh::error(MESH_E_CONFIG, "it will not say no");
    }
    void config_changed() override {
        said = conf<std::string>("word");
        applied = ++times;
        if (conf<std::string>("word") == "ill") health.degraded("it was told to be");
        if (conf<std::string>("word") == "well") health.ok();
    }
};
MESH_PLUGIN(reloader, "reloader", "1.0.0", "tests", "takes another configuration");
