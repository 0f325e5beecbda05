// SPDX-License-Identifier: Apache-2.0
#include "observe/pages.hpp"

#include "admin/replies.hpp"
#include "observe/answers.hpp"

#include <algorithm>
#include <iterator>

namespace meshhost::observe {

http::response file_response(const asset& file, const http::request& asked) {
    http::response answer{200, std::string(content_type_of(file.path)), {}};
    const bool is_packed = !file.gzip.empty() && accepts_gzip(asked);
    answer.body = is_packed ? file.gzip : file.bytes;
    if (is_packed) answer.headers.emplace_back("Content-Encoding", "gzip");
    answer.headers.emplace_back("Vary", "Accept-Encoding");
    const bool has_hash = file.path.starts_with("/assets/");
    answer.headers.emplace_back(
        "Cache-Control",
        has_hash ? "public, max-age=31536000, immutable" : "no-cache"
    );
    return answer;
}

namespace {

/// The first word of the address of each view: tests/contract/views.json.
constexpr std::string_view views[] =
    {"", "nodes", "paths", "boot", "events", "traces", "plugins", "lab", "telemetry", "help"};

bool is_view(std::string_view path) {
    if (!path.starts_with('/') || path.starts_with("//")) return false;
    const auto word = path.substr(1, path.substr(1).find('/'));
    return std::find(std::begin(views), std::end(views), word) != std::end(views);
}

/// A browser that was sent astray: the page tells its user, and knows the way on.
bool is_for_people(const http::request& asked) {
    return http::header(asked, "accept").find("text/html") != std::string_view::npos
           && !asked.path.starts_with("//");
}

bool is_file(std::string_view path) {
    return path.substr(path.rfind('/') + 1).find('.') != std::string_view::npos;
}

}  // namespace

http::response page(const http::request& asked) {
    const auto nothing = [&] { return admin::error_response(not_found(asked.path)); };
    if (asked.method != "GET" && asked.method != "HEAD") return nothing();
    if (const auto* file = find_asset(asked.path)) return file_response(*file, asked);
    if (is_file(asked.path) || !(is_view(asked.path) || is_for_people(asked))) return nothing();
    const auto* index = find_asset("/index.html");
    return index == nullptr ? nothing() : file_response(*index, asked);
}

}  // namespace meshhost::observe
