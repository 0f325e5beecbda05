// SPDX-License-Identifier: Apache-2.0
#include "admin/replies.hpp"

#include "http/envelope.hpp"

#include <boost/json/serialize.hpp>
#include <fmt/format.h>

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
    case exit_code::degraded:
        return 503;
    case exit_code::timeout:
        return 504;
    default:
        return 500;
    }
}

}  // namespace

http::response json_response(unsigned status, const boost::json::object& body) {
    return {status, http::content_type_json, boost::json::serialize(body) + "\n"};
}

http::response error_response(const failure& error) {
    return json_response(http_status(error.exit), http::make_error_envelope(error));
}

void reply(http::exchange& answer, std::string_view schema, boost::json::object data) {
    answer.reply(json_response(200, http::make_envelope(schema, std::move(data))));
}

void refuse(http::exchange& answer, const failure& error) {
    answer.reply(error_response(error));
}

std::string one_line(const boost::json::object& value) {
    return boost::json::serialize(value) + "\n";
}

failure api_full(std::string_view of_what) {
    return {
        exit_code::degraded,
        "E_API_FULL",
        fmt::format("too many {}", of_what),
        "try again when other programs have let go of theirs"};
}

}  // namespace meshhost::admin
