// SPDX-License-Identifier: Apache-2.0
#pragma once
// Four nodes of a mesh that know each other, each with a neighbour that is none of them.
#include "mesh_sample.hpp"

#include <vector>

namespace meshhost::test {

struct four_nodes {
    explicit four_nodes(peers::proto::config with = {})
        : a(1, with)
        , b(2, with)
        , c(3, with)
        , d(4, with) {
        for (mesh_node* each : all())
            each->talk.neighbor_up(sample_key(9).id(), each->now);
        for (mesh_node* each : all())
            tell(*each);
    }

    std::vector<mesh_node*> all() { return {&a, &b, &c, &d}; }
    /// What it says now, everybody hears.
    void tell(mesh_node& from) {
        const auto said = from.say();
        for (mesh_node* to : all())
            if (to != &from) to->hear(said);
    }
    void advance(duration span) {
        for (mesh_node* each : all())
            each->advance(span);
    }

    /// What `reporter` says when it has lost `subject`.
    static byte_buffer report(const mesh_node& reporter, const mesh_node& subject) {
        const auto number = reporter.registry.find(subject.id())->digest->number();
        return peers::proto::make_loss_message(reporter.key, {subject.id(), number, reporter.id()});
    }

    mesh_node a, b, c, d;
};

}  // namespace meshhost::test
