// SPDX-License-Identifier: Apache-2.0
#include "relayd/relay_pages.hpp"

#include "base/version.hpp"
#include "relay/proto/relay_upgrade.hpp"

#include <boost/beast/http/status.hpp>
#include <fmt/format.h>

namespace meshhost::relayd {

namespace {

constexpr const char* front_page =
    "<!doctype html><meta charset=\"utf-8\"><title>A relay</title>"
    "<h1>A relay</h1><p>It carries encrypted packets between hosts that cannot reach each other "
    "directly, and cannot read them.</p>";

std::string_view text_of(unsigned status) {
    const auto text =
        boost::beast::http::obsolete_reason(boost::beast::http::int_to_status(status));
    return {text.data(), text.size()};
}

page portal_page(const http::request& asked) {
    page out{.status = 204};
    if (auto said = relay::proto::answer_portal_check(http::header(asked, "x-iroh-challenge")))
        out.headers.emplace_back("X-Iroh-Response", std::move(*said));
    return out;
}

}  // namespace

page relay_page(const http::request& asked) {
    if (asked.method != "GET" && asked.method != "HEAD")
        return {.status = 405, .body = "Method Not Allowed", .headers = {{"Allow", "GET, HEAD"}}};
    if (asked.path == "/" || asked.path == "/index.html")
        return {.content_type = "text/html; charset=utf-8", .body = front_page};
    if (asked.path == "/ping") return {.headers = {{"Access-Control-Allow-Origin", "*"}}};
    if (asked.path == "/healthz")
        return {
            .content_type = "application/json",
            .body = fmt::format(R"({{"status":"ok","version":"{}"}})", version())};
    if (asked.path == "/generate_204") return portal_page(asked);
    if (asked.path == "/robots.txt") return {.body = "User-agent: *\nDisallow: /\n"};
    return {.status = 404, .body = "Not Found"};
}

page bad_request(std::string reason) {
    return {.status = 400, .body = std::move(reason)};
}

std::string write_page(const page& answer, bool is_head, bool is_secure) {
    std::string out = fmt::format("HTTP/1.1 {} {}\r\n", answer.status, text_of(answer.status));
    if (answer.status != 204)
        out += fmt::format(
            "Content-Type: {}\r\nContent-Length: {}\r\n",
            answer.content_type,
            answer.body.size()
        );
    for (const auto& [name, value] : answer.headers)
        out += fmt::format("{}: {}\r\n", name, value);
    out += "Cache-Control: no-store\r\nX-Content-Type-Options: nosniff\r\n";
    if (is_secure)
        out += "Strict-Transport-Security: max-age=63072000; includeSubDomains\r\n"
               "Content-Security-Policy: default-src 'none'; frame-ancestors 'none'\r\n";
    out += "Connection: close\r\n\r\n";
    if (!is_head && answer.status != 204) out += answer.body;
    return out;
}

}  // namespace meshhost::relayd
