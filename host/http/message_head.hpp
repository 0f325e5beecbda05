// SPDX-License-Identifier: Apache-2.0
#pragma once
// The head of a request or an answer as text that is whole already, for those who read their
// sockets themselves (RFC 9112).
#include "base/bytes.hpp"
#include "http/http_message.hpp"

#include <optional>
#include <string_view>

namespace meshhost::http {

/// The size of the head that `bytes` begin with, its empty line included; nullopt: it is not whole.
std::optional<std::size_t> find_head(bytes_view bytes);

/// Of a head of that size. nullopt: it is none of HTTP/1.1, or its query cannot be read. The body
/// is empty.
std::optional<request> parse_request_head(std::string_view head);

struct answer_head {
    unsigned status;
    header_list headers;
};
std::optional<answer_head> parse_answer_head(std::string_view head);

/// The first header of that name (in lower case); empty when there is none.
std::string_view find_header(const header_list& headers, std::string_view name);

}  // namespace meshhost::http
