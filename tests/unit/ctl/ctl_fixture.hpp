// SPDX-License-Identifier: Apache-2.0
#pragma once
// What a test of meshctl's views needs.
#include "ctl/console.hpp"
#include "support/catch.hpp"

#include <boost/json/parse.hpp>

#include <sstream>

namespace meshhost::test {

/// A console that keeps what was printed. Neither a terminal nor Unicode unless it is asked for.
struct screen {
    explicit screen(const ctl::console_style& style = {})
        : console(out, err, style) {}

    std::ostringstream out;
    std::ostringstream err;
    ctl::console console;
};

inline boost::json::object json(std::string_view text) {
    return boost::json::parse(text).as_object();
}

}  // namespace meshhost::test
