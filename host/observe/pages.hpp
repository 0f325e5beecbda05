// SPDX-License-Identifier: Apache-2.0
#pragma once
// Answers as a browser gets them: the dashboard's files, and what goes with every answer.
#include "base/error.hpp"
#include "http/http_message.hpp"
#include "observe/assets.hpp"

#include <string_view>

namespace meshhost::observe {

/// With the rules that a browser keeps for us: no script, style or request but our own.
http::response guarded(http::response answer);

/// E_NOT_FOUND, 404.
failure not_found(std::string_view path);

/// Packed where the client takes that. Files with a hash in their name never change.
http::response file_response(const asset& file, const http::request& asked);

/// A file, or the page itself for any other path: it has its own routes.
http::response page(const http::request& asked);

}  // namespace meshhost::observe
