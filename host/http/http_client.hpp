// SPDX-License-Identifier: Apache-2.0
#pragma once
// One request to a unix socket and its answer, whole or line by line. For command-line programs:
// every call blocks, up to its time limit.
#include "base/error.hpp"
#include "base/time.hpp"
#include "http/http_message.hpp"

#include <filesystem>
#include <functional>
#include <string_view>

namespace meshhost::http {

/// Takes one line of a streamed answer, without its newline. false ends the exchange.
using line_taker = std::function<bool(std::string_view line)>;

/// Sends `asked` to the server at `socket`. `timeout` bounds the whole exchange.
/// Errors: E_NO_DAEMON (no_daemon) when nobody listens there, E_SOCKET_DENIED (not_permitted),
/// E_TIMEOUT (timeout), E_BAD_ANSWER when the answer breaks off or is no HTTP.
outcome<response> send_request(
    const std::filesystem::path& socket,
    const request& asked,
    duration timeout
);

/// As send_request, but hands a good (2xx) answer over line by line as it comes, and returns it
/// with an empty body. `timeout` bounds the wait for each next piece.
outcome<response> stream_request(
    const std::filesystem::path& socket,
    const request& asked,
    duration timeout,
    const line_taker& take_line
);

}  // namespace meshhost::http
