// SPDX-License-Identifier: Apache-2.0
#pragma once
// One request to a unix socket and its answer, whole or line by line. For command-line programs:
// every call blocks, up to its time limit.
#include "base/error.hpp"
#include "base/time.hpp"
#include "http/http_message.hpp"

#include <filesystem>
#include <functional>
#include <span>
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

/// Something else to wait for during an exchange: a key, a signal, a timer.
struct side_input {
    int descriptor = -1;                ///< one that epoll takes; it stays the caller's
    std::function<bool()> on_readable;  ///< takes what is there; false ends the exchange
};

struct stream_timing {
    duration start = 5s;  ///< from the connect to the answer's header
    duration piece = 5s;  ///< for each piece that follows; `for_ever` waits as long as it takes

    static constexpr duration for_ever = duration::max();
};

/// As send_request, but hands a good (2xx) answer over line by line as it comes, and returns it
/// with an empty body. No error when a taker ended the exchange.
outcome<response> stream_request(
    const std::filesystem::path& socket,
    const request& asked,
    const stream_timing& timing,
    const line_taker& take_line,
    std::span<const side_input> aside = {}
);

}  // namespace meshhost::http
