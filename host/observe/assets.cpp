// SPDX-License-Identifier: Apache-2.0
#include "observe/assets.hpp"

#include <algorithm>
#include <array>
#include <utility>

namespace meshhost::observe {

const asset* find_asset(std::string_view path) {
    const auto all = all_assets();
    const auto found = std::lower_bound(
        all.begin(),
        all.end(),
        path,
        [](const asset& each, std::string_view wanted) { return each.path < wanted; }
    );
    return found != all.end() && found->path == path ? &*found : nullptr;
}

std::string_view content_type_of(std::string_view path) {
    using entry = std::pair<std::string_view, std::string_view>;
    constexpr auto types = std::to_array<entry>(
        {{".css", "text/css; charset=utf-8"},
         {".html", "text/html; charset=utf-8"},
         {".ico", "image/x-icon"},
         {".js", "text/javascript; charset=utf-8"},
         {".json", "application/json"},
         {".png", "image/png"},
         {".svg", "image/svg+xml"},
         {".txt", "text/plain; charset=utf-8"},
         {".webmanifest", "application/manifest+json"},
         {".woff2", "font/woff2"}}
    );
    for (const auto& [ending, type] : types)
        if (path.ends_with(ending)) return type;
    return "application/octet-stream";
}

}  // namespace meshhost::observe
