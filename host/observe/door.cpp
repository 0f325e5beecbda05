// SPDX-License-Identifier: Apache-2.0
#include "observe/door.hpp"

#include "admin/replies.hpp"
#include "admin/request_fields.hpp"
#include "http/stated.hpp"

#include <boost/algorithm/string/predicate.hpp>
#include <fmt/format.h>

#include <bit>
#include <utility>

namespace meshhost::observe {

namespace {

constexpr duration tell_wrong_every = 10s;

std::chrono::sys_seconds wall_now() {
    return std::chrono::floor<std::chrono::seconds>(std::chrono::system_clock::now());
}

failure no_such_token(bool has_standing) {
    return {
        exit_code::not_permitted,
        "E_BAD_TOKEN",
        has_standing ? "this is neither the observer's token nor a link of its that is still good: "
                       "each is good once, for a day"
                     : "this link was used before, is a day old, or is another observer's",
        has_standing ? "observe.token_file has the token; `meshctl ui` prints a fresh link"
                     : "`meshctl ui` prints a fresh one"};
}

std::string_view token_in(const boost::json::object& body) {
    const auto* token = body.if_contains("token");
    if (token == nullptr || !token->is_string()) return {};
    return {token->get_string().data(), token->get_string().size()};
}

}  // namespace

std::optional<failure> object_to_body(const http::request& asked) {
    const auto type = http::parse_stated(http::header(asked, "content-type"));
    if (type && type->name == http::content_type_json) return std::nullopt;
    return admin::bad_request("Content-Type must be application/json");
}

door::door(const served_at& where, door_options options)
    : policy_(where)
    , options_(std::move(options))
    , sessions_(std::move(options_.key)) {
    sessions_.set_standing_token(options_.token);
    tokens_.set_standing(options_.token);
}

bool door::has_session(const http::request& asked) const {
    return sessions_.is_good(policy_.session_of(asked), wall_now());
}

bool door::has_bearer(const http::request& asked, time_point now) {
    constexpr std::string_view scheme = "bearer ";
    if (tokens_.standing().empty()) return true;
    const auto said = http::header(asked, "authorization");
    if (said.empty()) return false;
    if (boost::algorithm::istarts_with(said, scheme)
        && tokens_.is_standing(said.substr(scheme.size())))
        return true;
    count_wrong(asked, now);
    return false;
}

/// It is told at least each time that there are twice as many.
void door::count_wrong(const http::request& asked, time_point now) {
    ++wrong_tokens_;
    if (now < tell_wrong_from_ && !std::has_single_bit(wrong_tokens_)) return;
    tell_wrong_from_ = now + tell_wrong_every;
    options_.log.warn(
        "a token was refused, {} so far: this one from {}",
        wrong_tokens_,
        asked.client ? asked.client->to_string() : "a unix socket"
    );
}

http::response door::open(const http::request& asked, time_point now) {
    if (const auto objection = object_to_body(asked)) return admin::error_response(*objection);
    const auto body = admin::parse_body(asked.body);
    if (!body) return admin::error_response(body.error());
    if (!tokens_.redeem(token_in(*body), now)) {
        count_wrong(asked, now);
        return admin::error_response(no_such_token(!tokens_.standing().empty()));
    }
    http::response done{204, http::content_type_json, ""};
    done.headers.emplace_back(
        "Set-Cookie",
        fmt::format(
            "{}={}; Path=/; Max-Age={}; HttpOnly; SameSite=Strict{}",
            policy_.cookie(),
            sessions_.make(options_.secret(), wall_now()),
            std::chrono::seconds(proto::session_seal::life).count(),
            policy_.is_secure() ? "; Secure" : ""
        )
    );
    return done;
}

std::string door::link(time_point now) {
    auto token = options_.secret();
    auto address = fmt::format("{}/#t={}", policy_.origin(), token);
    tokens_.add(std::move(token), now);
    return address;
}

bool door::replace_token(std::string token) {
    if (token == tokens_.standing()) return false;
    sessions_.set_standing_token(token);
    sessions_.replace_key(options_.another_key());  // it may be an old one that comes back
    tokens_.set_standing(std::move(token));
    return true;
}

}  // namespace meshhost::observe
