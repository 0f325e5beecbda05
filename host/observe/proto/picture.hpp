// SPDX-License-Identifier: Apache-2.0
#pragma once
// What a dashboard shows: nodes and edges as JSON objects (schemas/node.json, edge.json). Pure.
#include <boost/json/object.hpp>

#include <functional>
#include <string>
#include <string_view>

namespace meshhost::observe::proto {

/// Is told of a picture, one object at a time. Each has its id as its first member.
class picture_taker {
public:
    virtual void mesh(const boost::json::object& all) = 0;
    virtual void node(const std::string& id, const boost::json::object& all) = 0;
    virtual void edge(const std::string& id, const boost::json::object& all) = 0;

protected:
    ~picture_taker() = default;
};

/// Hears of a text, piece by piece: a picture of a large mesh takes megabytes.
using text_taker = std::function<void(std::string_view piece)>;

}  // namespace meshhost::observe::proto
