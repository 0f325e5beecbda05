// SPDX-License-Identifier: Apache-2.0
#pragma once
// What a dashboard shows: nodes and edges as JSON objects (schemas/node.json, edge.json), and how
// one state differs from the next. Pure.
#include <boost/json/array.hpp>
#include <boost/json/object.hpp>

#include <map>
#include <string>

namespace meshhost::observe::proto {

/// By id.
using objects = std::map<std::string, boost::json::object>;

struct picture {
    boost::json::object mesh;
    objects nodes;
    objects edges;
};

/// The ops of schemas/stream.json that lead from one to the other: nodes before the edges that need
/// them, edges gone before their nodes. Empty when nothing has changed.
boost::json::array differences(const picture& from, const picture& to);

/// Applies what differences() made. Ops that it does not know, and changes of what is not there,
/// are passed over.
void apply(picture& to, const boost::json::array& ops);

/// {"mesh", "nodes", "edges"}, the objects in the order of their ids.
boost::json::object to_json(const picture& whole);

}  // namespace meshhost::observe::proto
