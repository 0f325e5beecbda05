// SPDX-License-Identifier: Apache-2.0
#pragma once
// What a dashboard shows: nodes and edges as JSON objects (schemas/node.json, edge.json), and what
// leads from one state to the next. Pure.
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

/// Is told of a picture, one object at a time.
class picture_taker {
public:
    virtual void mesh(const boost::json::object& all) = 0;
    virtual void node(const std::string& id, const boost::json::object& all) = 0;
    virtual void edge(const std::string& id, const boost::json::object& all) = 0;

protected:
    ~picture_taker() = default;
};

/// Applies what packed_picture told. Ops that it does not know, and changes of what is not there,
/// are passed over.
void apply(picture& to, const boost::json::array& ops);

}  // namespace meshhost::observe::proto
