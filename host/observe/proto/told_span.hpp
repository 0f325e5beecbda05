// SPDX-License-Identifier: Apache-2.0
#pragma once
// Spans as another host told them (schemas/boot.json), read with limits, for who writes them down
// in another program's form. Pure.
#include <boost/json/object.hpp>

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace meshhost::observe::proto {

/// Of whom spans are. Empty texts: not known.
struct span_source {
    std::string mesh;
    std::string node;  ///< its id
    std::string name;
    std::string version;
    std::string tier;
};

/// Times are microseconds since the Unix epoch, 0 where there is none.
struct told_span {
    struct moment {
        std::string name;
        double at = 0;
        boost::json::object attributes;
    };

    std::string trace;
    std::string span;
    std::string parent;  ///< empty: none
    std::string name;
    std::string kind;
    double start = 0;
    double length = 0;
    bool is_ok = false;
    std::string message;  ///< may be empty
    boost::json::object attributes;
    std::vector<moment> events;
    std::uint64_t dropped = 0;  ///< attributes
};

/// Of a boot, and of its join behind them. What is not of that form is left out.
std::vector<told_span> spans_of(const boost::json::object& boot);

/// What a host says of itself to a collector, as far as it is known here.
boost::json::object resource_of(const span_source& by);

/// nullopt: it is no number, or none that JavaScript would tell from its neighbours.
std::optional<std::int64_t> whole_number(const boost::json::value& of);

}  // namespace meshhost::observe::proto
