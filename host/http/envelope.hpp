// SPDX-License-Identifier: Apache-2.0
#pragma once
// The JSON around every answer, of the local API and of `meshctl --json` alike:
//   {"schema":"meshhost.status/1","ok":true,"at":"2026-11-22T12:04:51.120Z","data":{...}}
//   {"schema":"meshhost.error/1","ok":false,"at":"...","error":{"code","message","hint","exit"}}
// A contract: fields are added, never renamed or removed, within one schema number.
#include "base/error.hpp"

#include <boost/json/value.hpp>

#include <chrono>
#include <string>
#include <string_view>

namespace meshhost::http {

/// RFC 3339 in UTC with milliseconds.
std::string format_time(std::chrono::system_clock::time_point at);

/// A good answer of the schema "meshhost.<name>/1".
boost::json::object make_envelope(std::string_view name, boost::json::value data);

boost::json::object make_error_envelope(const failure& error);

/// The failure inside an error envelope; what is missing stays at its default.
failure read_error(const boost::json::object& envelope);

}  // namespace meshhost::http
