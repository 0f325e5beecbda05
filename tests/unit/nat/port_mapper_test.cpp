// SPDX-License-Identifier: Apache-2.0
#include "nat/proto/pcp_message.hpp"
#include "nat/proto/port_mapper.hpp"
#include "support/catch.hpp"
#include "wire/byte_writer.hpp"

using namespace meshhost;
using namespace meshhost::nat::proto;
using what = port_mapper_output::what;

namespace {

const time_point start{1'000s};
const ip_endpoint outer = ip_endpoint::v4({203, 0, 113, 7}, 41'207);
const pcp_request request{
    ip_endpoint::v4({192, 168, 1, 11}, 4'433),
    {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12},
    std::chrono::seconds(7'200),
    {}};

byte_buffer answer(std::uint8_t result, std::uint32_t lifetime, const ip_endpoint& seen) {
    byte_buffer made;
    wire::byte_writer out(made);
    out.u32be(0x0281'0000u | result);
    out.u32be(lifetime);
    out.u32be(77);  // the router's epoch
    out.u64be(0);
    out.u32be(0);
    const byte_buffer asked = encode_pcp_request(request);
    out.bytes(bytes_view(asked).subspan(24, 18));
    out.u16be(seen.port);
    out.u64be(0);
    out.u32be(0xffff);
    out.bytes(bytes_view(seen.address).first(4));
    return made;
}

std::vector<port_mapper_output> drain(port_mapper& from) {
    from.check_invariants();
    std::vector<port_mapper_output> all;
    while (auto next = from.poll_output())
        all.push_back(std::move(*next));
    return all;
}

/// The attempt that is under way.
port_mapper_output attempt_of(port_mapper& from) {
    const auto all = drain(from);
    REQUIRE_FALSE(all.empty());
    REQUIRE(all.back().kind == what::attempt);
    return all.back();
}

void fail(port_mapper& machine, attempt_result how, time_point now) {
    machine.handle_result(attempt_of(machine).number, how, {}, {}, now);
}

}  // namespace

TEST_CASE("pcp: a request, byte by byte", "[nat]") {
    CHECK(
        to_hex(encode_pcp_request(request))
        == "0201000000001c2000000000000000000000ffffc0a8010b"
           "0102030405060708090a0b0c110000001151000000000000000000000000ffff00000000"
    );
}

TEST_CASE("pcp: answers", "[nat]") {
    const auto granted = read_pcp_answer(answer(0, 3'600, outer), request);
    CHECK(granted.verdict == pcp_verdict::granted);
    CHECK(granted.outer == outer);
    CHECK(granted.lifetime == std::chrono::seconds(3'600));

    const auto verdict = [](const byte_buffer& said) {
        return read_pcp_answer(said, request).verdict;
    };
    CHECK(verdict(answer(8, 30, outer)) == pcp_verdict::refused);
    CHECK(verdict(answer(4, 30, outer)) == pcp_verdict::unsupported);
    CHECK(verdict(answer(0, 0, outer)) == pcp_verdict::refused);
    CHECK(verdict(answer(0, 60, ip_endpoint::loopback_v4(9))) == pcp_verdict::refused);
    CHECK(verdict(answer(0, 60, ip_endpoint::v4({203, 0, 113, 7}, 0))) == pcp_verdict::refused);
    CHECK(verdict({0, 0x81, 0, 1, 0, 0, 0, 9}) == pcp_verdict::unsupported);  // NAT-PMP
    CHECK(verdict({}) == pcp_verdict::foreign);

    for (const std::size_t at :
         {std::size_t{1}, std::size_t{24}, std::size_t{36}, std::size_t{41}}) {
        byte_buffer other = answer(0, 60, outer);
        other[at] ^= 0x40;
        CHECK(verdict(other) == pcp_verdict::foreign);
    }
    const byte_buffer whole = answer(0, 60, outer);
    for (std::size_t size = 0; size < whole.size(); ++size)
        CHECK(
            verdict({whole.begin(), whole.begin() + static_cast<std::ptrdiff_t>(size)})
            == pcp_verdict::foreign
        );
}

TEST_CASE("port mapper: the first protocol that works is kept, and asked again", "[nat]") {
    port_mapper machine(1);
    machine.set_port(4'433, start);
    auto tried = attempt_of(machine);
    CHECK(tried.protocol == mapping_protocol::pcp);
    CHECK(tried.inner_port == 4'433);
    machine.handle_result(tried.number, attempt_result::no_router, {}, {}, start);
    tried = attempt_of(machine);
    CHECK(tried.protocol == mapping_protocol::nat_pmp);
    machine.handle_result(tried.number, attempt_result::mapped, outer, 1h, start);
    const auto out = drain(machine);
    REQUIRE(out.size() == 2);
    CHECK(out[0].kind == what::changed);
    CHECK(out[1].kind == what::settled);
    CHECK(machine.mapping() == outer);
    CHECK(machine.protocol() == mapping_protocol::nat_pmp);
    CHECK(machine.kinds().pcp == finding::no);
    CHECK(machine.kinds().nat_pmp == finding::yes);
    CHECK(machine.kinds().upnp == finding::unknown);

    CHECK(machine.next_deadline() == start + 30min);
    machine.handle_deadline(start + 30min);
    tried = attempt_of(machine);
    CHECK(tried.protocol == mapping_protocol::nat_pmp);
    CHECK(tried.wanted == outer);
    machine.handle_result(tried.number, attempt_result::mapped, outer, 1h, start + 30min);
    CHECK(drain(machine).at(0).kind == what::settled);  // and nothing changed
}

TEST_CASE("port mapper: a mapping that is not renewed goes when its time is over", "[nat]") {
    port_mapper machine(1);
    machine.set_port(4'433, start);
    machine.handle_result(attempt_of(machine).number, attempt_result::mapped, outer, 1h, start);
    drain(machine);
    time_point now = start;
    while (machine.mapping()) {
        now = machine.next_deadline();
        machine.handle_deadline(now);
        for (const auto& out : drain(machine))
            if (out.kind == what::attempt)
                machine.handle_result(out.number, attempt_result::no_router, {}, {}, now);
        REQUIRE(now <= start + 1h);
    }
    CHECK(now == start + 1h);
}

TEST_CASE("port mapper: a router that changed its mind is asked by every protocol, once", "[nat]") {
    port_mapper machine(1);
    machine.set_port(4'433, start);
    fail(machine, attempt_result::refused, start);
    machine.handle_result(attempt_of(machine).number, attempt_result::mapped, outer, 1h, start);
    drain(machine);
    const time_point later = machine.next_deadline();
    machine.handle_deadline(later);
    std::vector<mapping_protocol> tried;
    for (int i = 0; i < 4; ++i) {
        const auto out = attempt_of(machine);
        tried.push_back(out.protocol);
        machine.handle_result(out.number, attempt_result::refused, {}, {}, later);
    }
    CHECK(
        tried
        == std::
            vector{mapping_protocol::nat_pmp, mapping_protocol::pcp, mapping_protocol::nat_pmp, mapping_protocol::upnp}
    );
    CHECK(drain(machine).at(0).kind == what::settled);
    CHECK(machine.next_deadline() > later);
    CHECK(machine.mapping() == outer);
}

TEST_CASE("port mapper: where nobody forwards, it is asked again later and later", "[nat]") {
    port_mapper machine(1);
    machine.set_port(4'433, start);
    fail(machine, attempt_result::no_router, start);
    fail(machine, attempt_result::refused, start);
    fail(machine, attempt_result::no_router, start);
    CHECK(drain(machine).at(0).kind == what::settled);
    CHECK(machine.kinds().nat_pmp == finding::yes);
    CHECK(machine.kinds().upnp == finding::no);
    duration last{};
    time_point now = start;
    for (int i = 0; i < 10; ++i) {
        const duration wait = machine.next_deadline() - now;
        CHECK(wait <= 30min);
        CHECK(wait >= 30s);
        last = wait;
        now = machine.next_deadline();
        machine.handle_deadline(now);
        for (int j = 0; j < 3; ++j)
            fail(machine, attempt_result::no_router, now);
    }
    CHECK(last >= 15min);
}

TEST_CASE("port mapper: another network, and the end", "[nat]") {
    port_mapper machine(1);
    machine.set_port(4'433, start);
    const auto before = attempt_of(machine);
    machine.handle_network_change(start);
    machine.handle_result(before.number, attempt_result::mapped, outer, 1h, start);
    CHECK_FALSE(machine.mapping());
    machine.handle_result(attempt_of(machine).number, attempt_result::mapped, outer, 1h, start);
    CHECK(machine.mapping());
    drain(machine);
    machine.set_port({}, start);
    const auto out = drain(machine);
    REQUIRE(out.size() == 2);
    CHECK(out[0].kind == what::release);
    CHECK(out[0].wanted == outer);
    CHECK(out[0].inner_port == 4'433);
    CHECK(out[1].kind == what::changed);
    CHECK(machine.next_deadline() == no_deadline);
}

TEST_CASE("port mapper: a router's lifetimes make nobody hurry, nor its nonsense", "[nat]") {
    port_mapper machine(1);
    machine.set_port(4'433, start);
    machine.handle_result(attempt_of(machine).number, attempt_result::mapped, outer, 1s, start);
    CHECK(machine.next_deadline() == start + 1min);
    machine.handle_network_change(start);
    const auto tried = attempt_of(machine);
    machine.handle_result(
        tried.number,
        attempt_result::mapped,
        ip_endpoint::loopback_v4(1),
        1h,
        start
    );
    CHECK_FALSE(machine.mapping());
    CHECK(attempt_of(machine).protocol == mapping_protocol::nat_pmp);
}
