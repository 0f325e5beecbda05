// SPDX-License-Identifier: Apache-2.0
#include "nat/proto/candidates.hpp"
#include "support/catch.hpp"

using namespace meshhost;
using namespace meshhost::nat::proto;

namespace {

ip_endpoint at(std::string_view text) {
    return ip_endpoint::parse(text).value();
}

std::vector<std::string> texts(const candidate_set& set) {
    std::vector<std::string> all;
    for (const candidate& one : set.all())
        all.push_back(one.address.to_string());
    return all;
}

candidate interface(std::string_view text) {
    return {at(text), candidate_kind::interface};
}

}  // namespace

TEST_CASE("candidates: what no other machine can use, or should not be sent to, is none", "[nat]") {
    const std::vector<std::string> refused{
        "0.0.0.0:7",
        "0.1.2.3:7777",
        "127.0.0.1:7777",
        "169.254.1.1:7777",
        "224.0.0.1:7777",
        "255.255.255.255:7777",
        "240.0.0.1:7777",
        "198.51.100.7:0",
        "198.51.100.7:53",
        "198.51.100.7:123",
        "198.51.100.7:1900",
        "198.51.100.7:11211",
        "[::]:7777",
        "[::1]:7777",
        "[fe80::1]:7777",
        "[ff02::1]:7777",
        "[::ffff:10.0.0.1]:7777",
        "[::10.0.0.1]:7777",
        "[2001:db8::1]:5353",
    };
    for (const auto& text : refused) {
        INFO(text);
        CHECK_FALSE(is_probeable(at(text)));
        candidate_set set;
        CHECK_FALSE(set.add({at(text), candidate_kind::told}));
        CHECK(set.empty());
    }
    for (const auto* const text :
         {"198.51.100.7:443", "10.0.0.1:7777", "100.64.0.1:1024", "[2001:db8::1]:1", "[fd00::1]:9"})
        CHECK(is_probeable(at(text)));
}

TEST_CASE("candidates: private addresses are those that a network may share", "[nat]") {
    for (const auto* const text :
         {"10.0.0.1:1", "172.16.0.1:1", "192.168.0.1:1", "100.127.255.1:1", "[fd12::1]:1"})
        CHECK(is_private(at(text)));
    for (const auto* const text :
         {"172.32.0.1:1", "100.128.0.1:1", "11.0.0.1:1", "[2001:db8::1]:1"})
        CHECK_FALSE(is_private(at(text)));
}

TEST_CASE("candidates: the promising come first, each address once", "[nat]") {
    candidate_set set;
    CHECK(set.add(interface("192.168.1.7:4000")));
    CHECK(set.add({at("198.51.100.1:9"), candidate_kind::reflexive}));
    CHECK(set.add(interface("[2001:db8::7]:4000")));
    CHECK(set.add({at("198.51.100.1:10"), candidate_kind::port_mapped}));
    CHECK(set.add({at("198.51.100.2:4000"), candidate_kind::told}));
    CHECK_FALSE(set.add(interface("192.168.1.7:4000")));
    CHECK(
        texts(set)
        == std::vector<
            std::
                string>{"198.51.100.2:4000", "198.51.100.1:10", "198.51.100.1:9", "[2001:db8::7]:4000", "192.168.1.7:4000"}
    );
    // A better kind takes the place of a worse one, never the other way round.
    CHECK(set.add({at("198.51.100.1:9"), candidate_kind::told}));
    CHECK_FALSE(set.add({at("198.51.100.1:9"), candidate_kind::reflexive}));
    CHECK(set.size() == 5);
    CHECK(set.find(at("198.51.100.1:9"))->kind == candidate_kind::told);
    CHECK(set.remove(at("198.51.100.1:9")));
    CHECK_FALSE(set.remove(at("198.51.100.1:9")));
    CHECK_FALSE(set.contains(at("198.51.100.1:9")));
}

TEST_CASE("candidates: a crowd of interfaces costs none of the better addresses", "[nat]") {
    candidate_set set;
    for (std::uint8_t i = 0; i < 40; ++i)
        set.add({ip_endpoint::v4({172, 17, i, 1}, 4000), candidate_kind::interface});
    CHECK(set.size() == candidate_set::size_max);
    CHECK(set.contains(at("172.17.0.1:4000")));
    CHECK_FALSE(set.contains(at("172.17.16.1:4000")));
    CHECK(set.add({at("198.51.100.1:9"), candidate_kind::reflexive}));
    CHECK(set.size() == candidate_set::size_max);
    CHECK(set.all().front().address == at("198.51.100.1:9"));
    CHECK_FALSE(set.contains(at("172.17.15.1:4000")));
    CHECK_FALSE(set.add(interface("172.17.90.1:4000")));
}

TEST_CASE("candidates: sets merge as if added one by one", "[nat]") {
    candidate_set mine;
    mine.add(interface("192.168.1.7:4000"));
    candidate_set seen;
    seen.add({at("198.51.100.1:9"), candidate_kind::reflexive});
    seen.add({at("192.168.1.7:4000"), candidate_kind::reflexive});
    const std::vector sets{mine, seen};
    const candidate_set all = merged(sets);
    CHECK(texts(all) == std::vector<std::string>{"198.51.100.1:9", "192.168.1.7:4000"});
    CHECK(all.all().back().kind == candidate_kind::reflexive);
    CHECK(merged({}).empty());
}
