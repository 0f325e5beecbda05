// SPDX-License-Identifier: Apache-2.0
#pragma once
// Answers in the form of the local API.
#include "base/error.hpp"
#include "http/http_server.hpp"

#include <boost/json/object.hpp>

#include <memory>
#include <string>
#include <string_view>

namespace meshhost::admin {

using answer_ptr = std::shared_ptr<http::exchange>;

/// The answer to a request that failed: the error envelope, with the status that fits its exit.
http::response error_response(const failure& error);
http::response json_response(unsigned status, const boost::json::object& body);

/// Status 200 and the envelope of "meshhost.<schema>/1".
void reply(http::exchange& answer, std::string_view schema, boost::json::object data);
void refuse(http::exchange& answer, const failure& error);

/// One line of a stream.
std::string one_line(const boost::json::object& value);

/// Too many streams of a kind are open.
failure api_full(std::string_view of_what);

}  // namespace meshhost::admin
