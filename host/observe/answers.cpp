// SPDX-License-Identifier: Apache-2.0
#include "observe/answers.hpp"

#include "base/list_text.hpp"
#include "http/envelope.hpp"
#include "http/stated.hpp"

#include <fmt/format.h>

#include <chrono>
#include <utility>

namespace meshhost::observe {

namespace {

constexpr std::size_t packed_from = 1400;  ///< bytes: what goes into one packet anyhow stays plain

/// No script, style or request but our own.
constexpr const char* content_policy =
    "default-src 'self'; img-src 'self' data:; connect-src 'self'; object-src 'none'; "
    "base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

constexpr std::size_t path_told = 200;  ///< two ids and what stands around them

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

failure not_found(std::string_view path) {
    return {
        exit_code::unreachable,
        "E_NOT_FOUND",
        fmt::format("there is nothing at {}", printable(path.substr(0, path_told))),
        "docs/dashboard-api.md has what there is"};
}

void answer_with(const admin::answer_ptr& to, const char* schema, boost::json::object data) {
    to->reply(guarded(admin::json_response(200, http::make_envelope(schema, std::move(data)))));
}

void refuse_with(const admin::answer_ptr& to, const failure& error) {
    to->reply(guarded(admin::error_response(error)));
}

void refuse_stranger(const admin::answer_ptr& to) {
    auto refused = admin::error_response(
        {exit_code::not_permitted,
         "E_NO_SESSION",
         "this browser has no session",
         "open the link that `meshctl ui` prints, or say a token to the page"}
    );
    refused.status = 401;
    to->reply(guarded(std::move(refused)));
}

bool accepts_gzip(const http::request& asked) {
    int any = 0;
    for (const auto& coding : http::all_stated(asked, "accept-encoding")) {
        if (coding.name == "gzip") return coding.weight > 0;
        if (coding.name == "*") any = coding.weight;
    }
    return any > 0;
}

answer_text::answer_text(const char* schema, bool is_packed)
    : is_packed_(is_packed) {
    write(fmt::format(
        R"({{"schema":"meshhost.{}/1","ok":true,"at":"{}","data":{{)",
        schema,
        http::format_time(std::chrono::system_clock::now())
    ));
}

void answer_text::add(std::string_view members) {
    write(members);
}

void answer_text::write(std::string_view text) {
    if (packed_) return packed_->add(text);
    plain_ += text;
    if (!is_packed_ || plain_.size() < packed_from) return;
    packed_.emplace();
    packed_->add(std::exchange(plain_, {}));
}

http::response answer_text::finish() {
    write("}}\n");
    http::response said{
        200,
        http::content_type_json,
        packed_ ? packed_->finish() : std::move(plain_)};
    if (packed_) said.headers.emplace_back("Content-Encoding", "gzip");
    said.headers.emplace_back("Vary", "Accept-Encoding");
    return guarded(std::move(said));
}

void answer_with_text(
    const admin::answer_ptr& to,
    const char* schema,
    bool is_packed,
    std::string_view members
) {
    answer_text text(schema, is_packed);
    text.add(members);
    to->reply(text.finish());
}

}  // namespace meshhost::observe
