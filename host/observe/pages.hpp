// SPDX-License-Identifier: Apache-2.0
#pragma once
// The dashboard's files, as a browser gets them.
#include "http/http_message.hpp"
#include "observe/assets.hpp"

namespace meshhost::observe {

/// Packed where the client takes that. Files with a hash in their name never change.
http::response file_response(const asset& file, const http::request& asked);

/// A file; the page itself for the address of a view, and for a browser at any other. Programs that
/// ask for what there is not (/livez, /metrics) would take it for an answer: E_NOT_FOUND.
http::response page(const http::request& asked);

}  // namespace meshhost::observe
