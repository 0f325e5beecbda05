// SPDX-License-Identifier: Apache-2.0
#pragma once
// The local API of a lab's hosts. Every call blocks, up to its time limit.
#include "base/error.hpp"
#include "base/time.hpp"

#include <boost/json/object.hpp>

#include <filesystem>
#include <string>

namespace meshhost::lab {

inline constexpr duration answer_wait = 5s;  ///< for an answer; a guess

/// The data of a good answer. Errors: those of the answer, and of http::send_request.
outcome<boost::json::object> get(
    const std::filesystem::path& socket,
    const std::string& path,
    duration timeout = answer_wait
);
outcome<boost::json::object> post(
    const std::filesystem::path& socket,
    const std::string& path,
    const boost::json::object& body,
    duration timeout = answer_wait
);

}  // namespace meshhost::lab
