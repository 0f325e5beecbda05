// SPDX-License-Identifier: Apache-2.0
#pragma once
// A picture as a test looks at it, and a test's picture told to others.
#include "observe/proto/picture.hpp"

namespace meshhost::test {

struct told_picture final : observe::proto::picture_taker {
    void mesh(const boost::json::object& told) override { all.mesh = told; }
    void node(const std::string& id, const boost::json::object& told) override {
        all.nodes[id] = told;
    }
    void edge(const std::string& id, const boost::json::object& told) override {
        all.edges[id] = told;
    }

    observe::proto::picture all;
};

inline void tell(const observe::proto::picture& all, observe::proto::picture_taker& to) {
    to.mesh(all.mesh);
    for (const auto& [id, node] : all.nodes)
        to.node(id, node);
    for (const auto& [id, edge] : all.edges)
        to.edge(id, edge);
}

}  // namespace meshhost::test
