// SPDX-License-Identifier: Apache-2.0
#include "admin/admin_server.hpp"

#include "admin/ping_exchange.hpp"
#include "admin/snapshot_json.hpp"
#include "http/envelope.hpp"

#include <boost/json/serialize.hpp>
#include <boost/json/value_from.hpp>
#include <fmt/format.h>

#include <algorithm>

namespace meshhost::admin {

namespace {

/// The HTTP status (RFC 9110 §15) that says the same as an exit code.
unsigned http_status(exit_code exit) {
    switch (exit) {
    case exit_code::usage:
    case exit_code::invalid:
        return 400;
    case exit_code::not_permitted:
        return 403;
    case exit_code::unreachable:
        return 404;
    case exit_code::timeout:
        return 504;
    default:
        return 500;
    }
}

http::response json_response(unsigned status, const boost::json::object& body) {
    return {status, http::content_type_json, boost::json::serialize(body) + "\n"};
}

void reply(http::exchange& answer, std::string_view schema, boost::json::object data) {
    answer.reply(json_response(200, http::make_envelope(schema, std::move(data))));
}

}  // namespace

http::response error_response(const failure& error) {
    return json_response(http_status(error.exit), http::make_error_envelope(error));
}

admin_server::admin_server(
    net::shard& shard,
    http::unix_listener listener,
    const host_view& view,
    host_actions& actions,
    logger log
)
    : view_(view)
    , actions_(actions)
    , server_(shard, std::move(listener), *this, {}, std::move(log)) {}

const std::vector<admin_server::route>& admin_server::routes() {
    static const std::vector<route> all{
        {"GET", "/v1/status", &admin_server::get_status},
        {"GET", "/v1/peers", &admin_server::get_peers},
        {"GET", "/v1/identity", &admin_server::get_identity},
        {"GET", "/v1/plugins", &admin_server::get_plugins},
        {"GET", "/v1/probe", &admin_server::get_probe},
        {"GET", "/v1/config", &admin_server::get_config},
        {"POST", "/v1/ping", &admin_server::post_ping},
        {"POST", "/v1/rebind", &admin_server::post_rebind}};
    return all;
}

void admin_server::on_request(const http::request& asked, std::shared_ptr<http::exchange> answer) {
    const route* same_path = nullptr;
    for (const auto& candidate : routes()) {
        if (candidate.path != asked.path) continue;
        if (candidate.method == asked.method) return (this->*candidate.handle)(asked, answer);
        same_path = &candidate;
    }
    failure error{exit_code::usage, "E_NO_SUCH_PATH", "there is nothing at this path", ""};
    unsigned status = 404;
    if (same_path != nullptr) {
        status = 405;
        error.code = "E_METHOD";
        error.message = fmt::format("{} takes {} only", same_path->path, same_path->method);
    }
    answer->reply(json_response(status, http::make_error_envelope(error)));
}

http::response admin_server::describe_fault(unsigned status, std::string_view reason) {
    const bool is_full = status == 503;
    const failure error{
        is_full ? exit_code::degraded : exit_code::usage,
        is_full ? "E_API_FULL" : "E_BAD_REQUEST",
        is_full ? std::string(reason) : fmt::format("bad request: {}", reason),
        is_full ? "try again when other programs have let go of the socket" : ""};
    return json_response(status, http::make_error_envelope(error));
}

void admin_server::get_status(const http::request&, const answer_ptr& answer) {
    reply(*answer, "status", status_json(view_.node(), view_.peers(), view_.plugins()));
}

void admin_server::get_peers(const http::request&, const answer_ptr& answer) {
    reply(*answer, "peers", peers_json(view_.peers()));
}

void admin_server::get_identity(const http::request&, const answer_ptr& answer) {
    reply(*answer, "identity", identity_json(view_.node()));
}

void admin_server::get_plugins(const http::request&, const answer_ptr& answer) {
    reply(*answer, "plugins", plugins_json(view_.plugins()));
}

void admin_server::get_probe(const http::request&, const answer_ptr& answer) {
    auto sections = view_.probe();
    sections.push_back({"admin", {{"connections", connections()}}});
    reply(*answer, "probe", probe_json(sections));
}

void admin_server::get_config(const http::request&, const answer_ptr& answer) {
    reply(*answer, "config", view_.config());
}

void admin_server::post_ping(const http::request& asked, const answer_ptr& answer) {
    const auto request = parse_ping_request(asked.body);
    if (!request) return answer->reply(error_response(request.error()));
    const auto started = actions_.ping(*request, std::make_shared<ping_exchange>(*request, answer));
    if (!started) answer->reply(error_response(started.error()));
}

void admin_server::post_rebind(const http::request&, const answer_ptr& answer) {
    const auto done = actions_.rebind();
    if (!done) return answer->reply(error_response(done.error()));
    reply(*answer, "rebind", {{"bound", boost::json::value_from(view_.node().bound)}});
}

}  // namespace meshhost::admin
