#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# compile_header.sh <gcc|clang> <standard> <include directory>: compiles mesh/plugin.h, and with it a
# note and an entry function, as the only thing in a file; C++ also plugin.hpp. 77: no such compiler.
set -eu
compiler=$1 standard=$2 include=$3

case $standard in
c++*) compiler=$(echo "$compiler" | sed 's/gcc/g++/; s/clang/clang++/') language=c++ ;;
*) language=c ;;
esac
if ! command -v "$compiler" >/dev/null; then
    echo "skipped: $compiler is not installed"
    exit 77
fi

compile() {
    "$compiler" -x "$language" -std="$standard" -Wall -Wextra -Wpedantic -Wconversion -Wshadow -Werror \
        -I"$include" -c -o /dev/null -
}

compile <<'END'
#include <mesh/plugin.h>
MESH_PLUGIN_NOTE("role=empty\nversion=1.0.0\n");
const mesh_plugin *mesh_plugin_entry(uint32_t host_abi) MESH_NOEXCEPT { (void)host_abi; return NULL; }
END

if [ "$language" = c++ ]; then
    compile <<'END'
#include <mesh/plugin.hpp>
struct whole : mesh::role {
    static constexpr const char* needs[] = {MESH_EXT_PEERS, nullptr};
    static constexpr auto limit = mesh::option<std::int64_t>("limit", "3", "1..9", "how many");
    static constexpr const mesh_config_key* config[] = {&limit, nullptr};
    mesh::digest<std::int64_t> served{*this, "served"};
    mesh::digest<std::string> word{*this, "word"};
    void start() override {
        keep(serve("port", [this](auto& m) { served = 1; return std::to_string(m.body.len); }));
        keep(every(std::chrono::seconds(1), [this] { word = "tick"; }));
        keep(subscribe("topic", [](auto&) {}));
        keep(listen("alpn/1", [](auto&) {}));
        keep(peers([](auto&) {}, "compute"));
        post([] {});
        publish("topic", "body");
        request({}, "port", "body", std::chrono::seconds(1), [](mesh_status, std::string_view) {});
        warn("text", {{"i", 1}, {"u", 2u}, {"f", 0.5f}, {"b", true}, {"s", "x"}});
        if (conf<bool>("b") && conf<double>("f") > 0 && conf<std::string>("s").empty()) served.clear();
        word = std::to_string(peer_count("compute") + conf<std::uint64_t>("u"));
    }
};
MESH_PLUGIN(whole, "whole", "1.0.0", "tests", "uses all of the layer");
END
fi
