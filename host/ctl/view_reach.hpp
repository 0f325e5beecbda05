// SPDX-License-Identifier: Apache-2.0
#pragma once
// How a host is reached and reaches others, for people. Pure.
#include "ctl/console.hpp"

#include <boost/json/object.hpp>

#include <string>

namespace meshhost::ctl {

std::string netcheck_text(const boost::json::object& reach, const console& out);

/// One peer: `peer` as /v1/peers has it, and what `reach` (of the same host) says of it.
std::string path_story_text(
    const std::string& from,
    const boost::json::object& peer,
    const boost::json::object& reach,
    const console& out
);

}  // namespace meshhost::ctl
