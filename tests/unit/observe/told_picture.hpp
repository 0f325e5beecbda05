// SPDX-License-Identifier: Apache-2.0
#pragma once
// A picture as a test looks at it, and a test's picture told to others.
#include "observe/proto/picture.hpp"

#include <boost/json/object.hpp>

#include <map>
#include <string>

namespace meshhost::test {

/// By id.
using objects = std::map<std::string, boost::json::object>;

struct picture {
    boost::json::object mesh;
    objects nodes;
    objects edges;
};

struct told_picture final : observe::proto::picture_taker {
    void mesh(const boost::json::object& told) override { all.mesh = told; }
    void node(const std::string& id, const boost::json::object& told) override {
        all.nodes[id] = told;
    }
    void edge(const std::string& id, const boost::json::object& told) override {
        all.edges[id] = told;
    }

    picture all;
};

inline void tell(const picture& all, observe::proto::picture_taker& to) {
    to.mesh(all.mesh);
    for (const auto& [id, node] : all.nodes)
        to.node(id, node);
    for (const auto& [id, edge] : all.edges)
        to.edge(id, edge);
}

}  // namespace meshhost::test
