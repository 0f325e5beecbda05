// SPDX-License-Identifier: Apache-2.0
#pragma once
#include "base/error.hpp"
#include "http/http_message.hpp"
#include "observe/proto/node_filter.hpp"

namespace meshhost::observe {

/// The parameter `where` of a question. Errors: E_BAD_REQUEST (usage), which names each term that
/// is not understood.
outcome<proto::node_filter> read_filter(const http::request& asked);

}  // namespace meshhost::observe
