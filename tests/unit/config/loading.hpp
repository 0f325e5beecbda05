// SPDX-License-Identifier: Apache-2.0
#pragma once
// Short ways to load a configuration in a test, and to look at what came of it.
#include "config/config_loader.hpp"
#include "config/config_text.hpp"
#include "support/catch.hpp"

#include <algorithm>
#include <string>
#include <string_view>
#include <vector>

namespace meshhost::config::test {

/// Layers of one file, "host.toml".
inline config_layers file(std::string text) {
    return {{{"host.toml", std::move(text)}}, {}, {}};
}

/// Layers of nothing but --set.
inline config_layers sets(std::vector<std::string> texts) {
    return {{}, {}, std::move(texts)};
}

/// Layers of nothing but the environment.
inline config_layers environment(environment_list variables) {
    return {{}, std::move(variables), {}};
}

/// The lines of what is wrong; none when it loads.
inline std::vector<std::string> refusals(const config_layers& layers) {
    const config_result loaded = load_config(layers);
    if (loaded) return {};
    std::vector<std::string> lines;
    for (const config_problem& problem : loaded.error().problems)
        lines.push_back(problem_line(problem));
    return lines;
}

/// The one line of what is wrong.
inline std::string refusal(const config_layers& layers) {
    const auto lines = refusals(layers);
    REQUIRE(lines.size() == 1);
    return lines.front();
}

/// What must load, loaded.
inline loaded_config load(const config_layers& layers) {
    CAPTURE(refusals(layers));
    config_result loaded = load_config(layers);
    REQUIRE(loaded.has_value());
    return *loaded;
}

inline const setting& find(const loaded_config& loaded, std::string_view path) {
    const auto found =
        std::find_if(loaded.settings.begin(), loaded.settings.end(), [&](const setting& setting) {
            return setting.path == path;
        });
    CAPTURE(path);
    REQUIRE(found != loaded.settings.end());
    return *found;
}

/// A peer that parses.
inline constexpr const char* peer_a =
    "ae58ff8833241ac82d6ff7611046ed67b5072d142c588d0063e942d9a75502b6@192.0.2.7:4433";
inline constexpr const char* peer_b =
    "3f9a1c2e00112233445566778899aabbccddeeff00112233445566778899aabb@192.0.2.8:4433";

}  // namespace meshhost::config::test
