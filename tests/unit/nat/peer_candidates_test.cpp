// SPDX-License-Identifier: Apache-2.0
#include "nat/proto/peer_candidates.hpp"
#include "support/catch.hpp"

using namespace meshhost;
using namespace meshhost::nat::proto;

namespace {

candidate at(std::uint16_t port, candidate_kind kind = candidate_kind::reflexive) {
    return {ip_endpoint::v4({198, 51, 100, 7}, port), kind};
}

candidate_set set_of(std::initializer_list<candidate> all) {
    candidate_set set;
    for (const candidate& one : all)
        set.add(one);
    return set;
}

/// What the client has after it read `bytes`.
void read_into(peer_candidates& client, const byte_buffer& bytes) {
    control_reader reader;
    reader.feed(bytes);
    while (const auto frame = reader.poll()) {
        if (const auto* const add = std::get_if<add_address_frame>(&*frame)) client.apply(*add);
        if (const auto* const gone = std::get_if<remove_address_frame>(&*frame))
            client.apply(*gone);
    }
    REQUIRE_FALSE(reader.error());
}

}  // namespace

TEST_CASE("peer_candidates: the client's set follows the server's by differences", "[nat]") {
    offered_candidates server;
    peer_candidates client;
    const std::vector<candidate_set> life{
        set_of({at(1000), at(1001)}),
        set_of({at(1001), at(1002, candidate_kind::told)}),
        set_of({at(1001, candidate_kind::port_mapped)}),
        {},
        set_of({at(1000)}),
    };
    for (const candidate_set& wanted : life) {
        byte_buffer frames;
        CHECK(server.update(wanted, frames));
        read_into(client, frames);
        CHECK(client.set() == wanted);
        frames.clear();
        CHECK_FALSE(server.update(wanted, frames));
        CHECK(frames.empty());
    }
}

TEST_CASE("peer_candidates: a server that offers a thousand is heard for sixteen", "[nat]") {
    peer_candidates client;
    for (std::uint32_t i = 0; i < 1000; ++i)
        client.apply(add_address_frame{i, at(static_cast<std::uint16_t>(20'000 + i))});
    CHECK(client.size() == candidate_set::size_max);
    CHECK_FALSE(client.apply(remove_address_frame{999}));
    CHECK(client.apply(remove_address_frame{0}));
    CHECK(client.apply(add_address_frame{999, at(1)}));
    CHECK(client.apply(add_address_frame{999, at(2)}));
    CHECK_FALSE(client.apply(add_address_frame{999, at(2)}));
    CHECK(client.size() == candidate_set::size_max);
    CHECK_FALSE(client.apply(add_address_frame{1, {ip_endpoint::loopback_v4(80), {}}}));
}
