// SPDX-License-Identifier: Apache-2.0
#include "app/found_peers.hpp"
#include "support/catch.hpp"
#include "unit/peers/service_fixture.hpp"

#include <map>
#include <set>

using namespace meshhost;
using namespace meshhost::test;

namespace {

using found_hosts = std::map<identity::endpoint_id, identity::endpoint_addr>;

/// A host, and some that its discovery finds.
struct finder : service_fixture {
    std::unique_ptr<service_host> self = start(1);
    std::vector<identity::endpoint_addr> named;
    app::found_peers found{self->service, named};

    static identity::endpoint_addr at(std::uint8_t seed, std::uint16_t port = 0) {
        const std::uint16_t own = port != 0 ? port : seed;
        return {sample_key(seed).id(), {}, {ip_endpoint::loopback_v4(own)}};
    }
    /// Those of 2 to `last`.
    static found_hosts hosts(std::uint8_t last) {
        found_hosts all;
        for (std::uint8_t seed = 2; seed <= last; ++seed)
            all.emplace(sample_key(seed).id(), at(seed));
        return all;
    }
    std::set<identity::endpoint_id> asked() const {
        std::set<identity::endpoint_id> all;
        for (const auto& peer : self->service.snapshot())
            if (peer.entry.named) all.insert(peer.entry.id);
        return all;
    }
};

}  // namespace

TEST_CASE_METHOD(finder, "found peers: who knows nobody asks four at a time", "[app]") {
    found.meet(hosts(3), {});
    CHECK(asked().size() == 2);
    found.meet(hosts(20), {});
    const auto first = asked();
    CHECK(first.size() >= 4);
    CHECK(first.size() <= 6);
}

TEST_CASE_METHOD(finder, "found peers: all are asked in turn", "[app]") {
    std::set<identity::endpoint_id> all;
    for (int i = 0; i < 5; ++i) {
        found.meet(hosts(20), {});
        all.merge(asked());
    }
    CHECK(all.size() == 19);
}

TEST_CASE_METHOD(finder, "found peers: one of the mesh is met where it was found", "[app]") {
    const auto other = start(2);
    found.meet({{other->endpoint.id(), other->endpoint.address()}}, {});
    CHECK(run_until([&] { return self->sees(*other) == "alive"; }));
}

TEST_CASE_METHOD(finder, "found peers: who is alone asks those it remembers, too", "[app]") {
    found.meet(hosts(3), hosts(5));
    CHECK(asked().size() == 4);
}

TEST_CASE_METHOD(finder, "found peers: who has met somebody asks others once", "[app]") {
    const auto other = start(2);
    REQUIRE(meet(*self, *other));
    found.meet({}, hosts(20));
    CHECK(asked() == std::set{other->endpoint.id()});
    std::set<identity::endpoint_id> all;
    for (int turn = 0; turn < 5; ++turn) {
        found.meet(hosts(20), {});
        CHECK(asked().size() <= 1 + 4);
        all.merge(asked());
    }
    CHECK(all.size() == 19);
    found.meet(hosts(20), {});
    CHECK(asked() == std::set{other->endpoint.id()});
}

TEST_CASE_METHOD(finder, "found peers: whom the operator named is told of in any case", "[app]") {
    const auto other = start(2);
    const auto third = start(3);
    REQUIRE(meet(*self, *other));
    named.push_back({third->endpoint.id(), {}, {}});
    found.meet({{third->endpoint.id(), third->endpoint.address()}}, {});
    CHECK(run_until([&] { return self->sees(*third) == "alive"; }));
}

TEST_CASE_METHOD(finder, "found peers: the named take no turn of the others", "[app]") {
    for (std::uint8_t seed = 2; seed <= 6; ++seed)
        named.push_back({sample_key(seed).id(), {}, {}});
    found.meet(hosts(20), {});
    CHECK(asked().size() == 5 + 4);
}

TEST_CASE_METHOD(finder, "found peers: one that refused is not asked again", "[app]") {
    const auto stranger = start(2);
    peers::proto::self_description what;
    what.mesh = "another";
    what.name = "stranger";
    what.version = "1.0";
    what.addresses = stranger->endpoint.bound();
    REQUIRE_FALSE(stranger->service.set_self(what));
    const found_hosts one{{stranger->endpoint.id(), stranger->endpoint.address()}};
    found.meet(one, {});
    REQUIRE(run_until([&] { return self->sees(*stranger) == "refused"; }));
    found.lose(stranger->endpoint.id());
    found.meet(one, {});
    CHECK(asked().empty());
}

TEST_CASE_METHOD(finder, "found peers: one that moved is asked where it is now", "[app]") {
    const auto other = start(2);
    found.meet({{other->endpoint.id(), at(2, 99)}}, {});  // where nobody is
    found.meet({{other->endpoint.id(), other->endpoint.address()}}, {});
    CHECK(run_until([&] { return self->sees(*other) == "alive"; }));
}

TEST_CASE_METHOD(finder, "found peers: who is gone is forgotten, unless named", "[app]") {
    named.push_back(at(3));
    REQUIRE(self->service.name_peer(at(3)));
    found.meet(hosts(2), {});
    REQUIRE(asked().size() == 2);
    found.lose(sample_key(2).id());
    found.lose(sample_key(3).id());
    CHECK(asked() == std::set{sample_key(3).id()});
}
