// SPDX-License-Identifier: Apache-2.0
// Keeps things in mesh.state/1; its digest shows how that went. What it does is its configuration:
//   count    counts its starts
//   torture  commits generation after generation, each in eight keys, and notes beside the
//            database which ones it was told are kept
//   fill     keeps a first value, then more than fits
//   report   looks at what torture left: is a generation torn, is one that was told of lost?
#include <mesh/plugin.hpp>

#include <fcntl.h>
#include <unistd.h>

#include <cstdlib>
#include <fstream>
#include <string>

struct keeper : mesh::role {
    static constexpr const char* needs[] = {MESH_EXT_STATE, MESH_EXT_DIGEST, nullptr};
    static constexpr auto mode_option =
        mesh::option<std::string_view>("mode", "\"count\"", nullptr, "what it does");
    static constexpr const mesh_config_key* config[] = {&mode_option, nullptr};
    static constexpr int parts = 8;

    mesh::state kept{*this};
    mesh::digest<std::int64_t> boots{*this, "boots"};
    mesh::digest<std::int64_t> generation{*this, "generation"};
    mesh::digest<std::int64_t> torn{*this, "torn"};
    mesh::digest<std::int64_t> lost{*this, "lost"};
    mesh::digest<std::int64_t> failed{*this, "failed"};
    mesh::digest<std::string> first{*this, "first"};
    std::int64_t at = 0;
    int notes = -1;

    void start() override {
        const auto mode = conf<std::string>("mode");
        if (mode == "count") count();
        if (mode == "torture") torture();
        if (mode == "fill") fill();
        if (mode == "report") report();
    }
    void stop() override {
        if (notes >= 0) ::close(notes);
    }

    std::int64_t number(std::string_view key) const {
        return std::strtoll(kept.get(key).value_or("0").c_str(), nullptr, 10);
    }

    void count() {
        const auto next = number("boots") + 1;
        kept.put("boots", std::to_string(next));
        kept.commit([this, next](mesh_status status) {
            if (status == MESH_OK) boots = next;
        });
    }

    static std::string part(int i) { return "part/" + std::to_string(i); }

    void torture() {
        notes = ::open(
            (kept.directory() + "/notes").c_str(),
            O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC,
            0600
        );
        at = number("generation");
        go_on();
    }
    void go_on() {
        ++at;
        kept.put("generation", std::to_string(at));
        for (int i = 0; i < parts; ++i)
            kept.put(part(i), std::to_string(at) + std::string(2000, '.'));
        kept.commit([this](mesh_status status) {
            if (status != MESH_OK) return fail(status, "a commit failed");
            const auto line = std::to_string(at) + "\n";
            if (::write(notes, line.data(), line.size()) < 0) return fail(MESH_E_IO, "no notes");
            generation = at;
            go_on();
        });
    }

    void report() {
        const auto found = number("generation");
        std::int64_t different = 0;
        for (int i = 0; i < parts; ++i)
            different += number(part(i)) != found;
        std::ifstream lines(kept.directory() + "/notes");
        std::int64_t noted = 0;
        for (std::int64_t line = 0; lines >> line;)
            noted = line;
        generation = found;
        torn = different;
        lost = noted > found ? noted - found : 0;
    }

    void fill() {
        kept.put("first", "here");
        kept.commit([this](mesh_status) { more(); });
    }
    void more() {
        ++at;
        kept.put("first", "changed " + std::to_string(at));
        kept.put("more/" + std::to_string(at), std::string(100'000, 'x'));
        kept.commit([this](mesh_status status) {
            if (status == MESH_OK) return more();
            failed = status;
            first = *kept.get("first");
            generation = at - 1;
        });
    }
};
MESH_PLUGIN(keeper, "keeper", "1.0.0", "tests", "keeps things");
