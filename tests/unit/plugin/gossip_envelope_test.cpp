// SPDX-License-Identifier: Apache-2.0
// What roles say on topics: who wrote it is proven, for the topic where it was said.
#include "plugin/proto/gossip_envelope.hpp"
#include "plugin/proto/signed_words.hpp"
#include "support/catch.hpp"

#include <array>
#include <string>

using namespace meshhost;
using namespace meshhost::plugin::proto;

namespace {

identity::secret_key key_of(std::uint8_t seed) {
    std::array<std::uint8_t, identity::secret_key::seed_size> bytes{};
    bytes.fill(seed);
    return identity::secret_key::from_seed(bytes);
}

}  // namespace

TEST_CASE("gossip envelope: the vectors of the description", "[plugin]") {
    const auto topic = plugin_topic_id("mesh", as_bytes("secret"), "jobs/new");
    CHECK(topic.to_hex() == "7fc82d5a2d5b9626e93900e456c96e564e9b39a91f35cf5df1fc79c5ca1c8393");
    const auto sealed = seal(key_of(1), topic, 1, 7, as_bytes("hi"));
    CHECK(
        to_hex(sealed)
        == "010100000000000000078a88e3dd7409f195fd52db2d3cba5d72ca6709bf1d94"
           "121bf3748801b40f6f5c8880467cd5fb3ae23f8824c47a657a7a745638796242"
           "62362a29f68fa0b965bf5d54ef5e2a694d07a76b32d0ea5fb0bda7565cf17333"
           "4ef95b670a1776212b0d6869"
    );
    CHECK(
        to_hex(signed_words("lease", as_bytes("x")))
        == "6d657368686f737420706c7567696e207369676e61747572652076310000056c6561736578"
    );
}

TEST_CASE("gossip envelope: it comes back as it was", "[plugin]") {
    const auto topic = plugin_topic_id("mesh", {}, "jobs/new");
    const byte_buffer body(gossip_body_max, 0x5a);
    const auto sealed = seal(key_of(1), topic, 0, 1u << 20, body);
    CHECK(sealed.size() == gossip_content_max);
    const auto read = decode_envelope(sealed);
    REQUIRE(read);
    CHECK(read->author == key_of(1).id());
    CHECK(read->sequence == 1u << 20);
    CHECK(read->flags == 0);
    CHECK(read->body == body);
    CHECK(is_genuine(*read, topic));
}

TEST_CASE("gossip envelope: every byte of it is covered", "[plugin]") {
    const auto topic = plugin_topic_id("mesh", {}, "jobs/new");
    const auto sealed = seal(key_of(1), topic, 1, 7, as_bytes("hi"));
    for (std::size_t at = 0; at < sealed.size(); ++at) {
        auto forged = sealed;
        forged[at] ^= 1;
        const auto read = decode_envelope(forged);
        CHECK((!read || !is_genuine(*read, topic)));
    }
    for (std::size_t size = 0; size < gossip_envelope_size; ++size)
        CHECK_FALSE(decode_envelope(bytes_view(sealed).first(size)));
    auto longer = sealed;
    longer.resize(gossip_content_max + 1);
    CHECK_FALSE(decode_envelope(longer));
}

TEST_CASE("gossip envelope: it is no other topic's", "[plugin]") {
    const auto topic = plugin_topic_id("mesh", as_bytes("secret"), "jobs/new");
    const auto read = decode_envelope(seal(key_of(1), topic, 0, 7, as_bytes("hi")));
    REQUIRE(read);
    for (const auto& other :
         {plugin_topic_id("mesh", as_bytes("secret"), "jobs/old"),
          plugin_topic_id("mesh2", as_bytes("secret"), "jobs/new"),
          plugin_topic_id("mesh", as_bytes("secre"), "tjobs/new"),
          plugin_topic_id("mesh", {}, "jobs/new")}) {
        CHECK(other != topic);
        CHECK_FALSE(is_genuine(*read, other));
    }
}

TEST_CASE("gossip: names of topics", "[plugin]") {
    for (const char* name : {"a", "jobs/new", "A-1_b:c.~"})
        CHECK(is_topic_name(name));
    for (const char* name : {"", "a b", "jobs/*", "jobs/#", "\xc3\xa4", "a\n"})
        CHECK_FALSE(is_topic_name(name));
    CHECK(is_topic_name(std::string(128, 'x')));
    CHECK_FALSE(is_topic_name(std::string(129, 'x')));
}
