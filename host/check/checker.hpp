// SPDX-License-Identifier: Apache-2.0
#pragma once
// `meshhost --check FILE` and `meshhost --describe FILE`: the parent's side of both.
#include "check/report.hpp"

#include <boost/json/object.hpp>
#include <boost/system/result.hpp>

#include <cstdint>
#include <string>

namespace meshhost::check {

struct check_request {
    std::string path;
    int level = 2;
    std::uint64_t seed = 1;
};

/// Up to the level asked for; a level that fails ends it, for the next would say the same again.
report check_plugin(const check_request& asked);

/// {"path", "abi", "sdk", "roles"}, or why there is none: "MP003 ...".
struct description {
    boost::json::object about;
    std::string refused;
    bool is_plugin = true;
};
description describe_plugin(const std::string& path);

}  // namespace meshhost::check
