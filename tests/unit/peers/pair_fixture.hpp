// SPDX-License-Identifier: Apache-2.0
#pragma once
// Two nodes of the machines alone, on a virtual clock.
#include "digest_samples.hpp"
#include "state_net.hpp"
#include "support/catch.hpp"

namespace meshhost::test {

/// Two nodes that run; `a` knows `b`.
struct pair_fixture {
    state_net net;
    std::size_t a = net.add(1);
    std::size_t b = net.add(2);

    pair_fixture() {
        net.start(a, 1000);
        net.start(b, 1000);
    }
    void meet() {
        net.name(a, b);
        REQUIRE(settled());
    }
    bool settled(duration within = 1s) {
        return net.run_until(
            [&] { return net.seen(a, b) == "alive" && net.seen(b, a) == "alive"; },
            within
        );
    }
    void contribute(std::size_t node, const peers::proto::digest_value& value) {
        net.with(node, [&](peers::proto::peers_state& state) {
            return state.set_contribution(
                sample_contribution("compute", "queued", value),
                net.now()
            );
        });
    }
    peers::proto::digest_value contribution(std::size_t at, std::size_t of) {
        const auto& items = net.entry(at, of)->digest->contributions;
        return items.empty() ? peers::proto::digest_value{} : items.front().value;
    }
};

}  // namespace meshhost::test
