// SPDX-License-Identifier: Apache-2.0
#include "observe/pages.hpp"

#include "admin/replies.hpp"
#include "observe/answers.hpp"

#include <fmt/format.h>

namespace meshhost::observe {

namespace {

/// No script, style or request but our own.
constexpr const char* content_policy =
    "default-src 'self'; img-src 'self' data:; connect-src 'self'; object-src 'none'; "
    "base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

/// Bytes of a stranger's, for an answer.
std::string printable(std::string_view text) {
    std::string out;
    for (const char c : text)
        out += c >= ' ' && c <= '~' ? c : '?';
    return out;
}

}  // namespace

http::response guarded(http::response answer) {
    answer.headers.emplace_back("Content-Security-Policy", content_policy);
    answer.headers.emplace_back("X-Content-Type-Options", "nosniff");
    answer.headers.emplace_back("Referrer-Policy", "no-referrer");
    answer.headers.emplace_back("Cross-Origin-Resource-Policy", "same-origin");
    answer.headers.emplace_back("Cross-Origin-Opener-Policy", "same-origin");
    return answer;
}

constexpr std::size_t path_told = 200;  ///< two ids and what stands around them

failure not_found(std::string_view path) {
    return {
        exit_code::unreachable,
        "E_NOT_FOUND",
        fmt::format("there is nothing at {}", printable(path.substr(0, path_told))),
        "docs/dashboard-api.md has what there is"};
}

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

/// What programs ask for, who would take the page for an answer.
bool is_for_programs(std::string_view path) {
    const auto first = path.substr(0, path.find('/', 1));
    return first == "/livez" || first == "/readyz" || first == "/healthz" || first == "/metrics"
           || first == "/api" || first == "/v1" || path.starts_with("//");
}

http::response page(const http::request& asked) {
    if (is_for_programs(asked.path)) return admin::error_response(not_found(asked.path));
    if (asked.method != "GET" && asked.method != "HEAD")
        return admin::error_response(not_found(asked.path));
    if (const auto* file = find_asset(asked.path)) return file_response(*file, asked);
    const bool is_file =
        asked.path.rfind('.') > asked.path.rfind('/') && asked.path.rfind('.') != std::string::npos;
    const auto* index = find_asset("/index.html");
    if (is_file || index == nullptr) return admin::error_response(not_found(asked.path));
    return file_response(*index, asked);
}

}  // namespace meshhost::observe
