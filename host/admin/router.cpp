// SPDX-License-Identifier: Apache-2.0
#include "admin/router.hpp"

#include "base/assert.hpp"
#include "http/envelope.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace meshhost::admin {

void router::add(std::string method, std::string path, handler handle) {
    const auto is_taken = std::any_of(routes_.begin(), routes_.end(), [&](const route& each) {
        return each.method == method && each.path == path;
    });
    MH_ASSERT(!is_taken, "one handler at a path");
    routes_.push_back({std::move(method), std::move(path), std::move(handle)});
}

void router::add_below(std::string prefix, handler handle) {
    below_.push_back({"", std::move(prefix), std::move(handle)});
}

void router::on_request(const http::request& asked, std::shared_ptr<http::exchange> answer) {
    const route* same_path = nullptr;
    for (const auto& candidate : routes_) {
        if (candidate.path != asked.path) continue;
        if (candidate.method == asked.method) return candidate.handle(asked, answer);
        same_path = &candidate;
    }
    for (const auto& candidate : below_)
        if (asked.path.starts_with(candidate.path)) return candidate.handle(asked, answer);
    failure error{exit_code::usage, "E_NO_SUCH_PATH", "there is nothing at this path", ""};
    unsigned status = 404;
    if (same_path != nullptr) {
        status = 405;
        error.code = "E_METHOD";
        error.message = fmt::format("{} takes {} only", same_path->path, same_path->method);
    }
    answer->reply(json_response(status, http::make_error_envelope(error)));
}

http::response router::describe_fault(unsigned status, std::string_view reason) {
    constexpr unsigned internal = 500;
    if (status == internal)
        return json_response(
            status,
            http::make_error_envelope(
                {exit_code::failure,
                 "E_INTERNAL",
                 "the host could not answer: " + std::string(reason),
                 ""}
            )
        );
    const bool is_full = status == 503;
    const failure error{
        is_full ? exit_code::degraded : exit_code::usage,
        is_full ? "E_API_FULL" : "E_BAD_REQUEST",
        is_full ? std::string(reason) : fmt::format("bad request: {}", reason),
        is_full ? "try again when other programs have let go of the socket" : ""};
    return json_response(status, http::make_error_envelope(error));
}

}  // namespace meshhost::admin
