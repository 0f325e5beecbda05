// SPDX-License-Identifier: Apache-2.0
#include "discovery/proto/dns_message.hpp"
#include "support/catch.hpp"

using namespace meshhost;
using namespace meshhost::discovery::proto;

namespace {

dns_name name(std::string_view text) {
    const auto parsed = dns_name::parse(text);
    REQUIRE(parsed.has_value());
    return *parsed;
}

byte_buffer bytes(std::initializer_list<int> values) {
    byte_buffer made;
    for (const int value : values)
        made.push_back(static_cast<std::uint8_t>(value));
    return made;
}

/// A header with these counts, and what follows it.
byte_buffer message(std::array<std::uint8_t, 4> counts, const byte_buffer& body) {
    byte_buffer made = bytes({0, 0, 0x84, 0});
    for (const std::uint8_t count : counts) {
        made.push_back(0);
        made.push_back(count);
    }
    made.insert(made.end(), body.begin(), body.end());
    return made;
}

}  // namespace

TEST_CASE("dns: what is written is read, names shared by pointers", "[discovery]") {
    const auto service = name("_irohv1._udp.local.");
    const auto peer = *dns_name::prepend("abc", service);
    const auto target = name("abc-4433.local");
    dns_writer out(7, dns_flag_response);
    out.question(service, dns_type::ptr);
    out.ptr_answer(service, 120, peer);
    out.srv_answer(peer, 120, 4433, target);
    out.additional(target, dns_type::a, 120, bytes({192, 0, 2, 7}));
    const byte_buffer sent = std::move(out).take();

    const auto read = read_dns_message(sent);
    REQUIRE(read.has_value());
    CHECK(read->id == 7);
    CHECK(read->is_response());
    REQUIRE(read->questions.size() == 1);
    CHECK(read->questions[0].name == service);
    REQUIRE(read->answers.size() == 2);
    CHECK(read->answers[1].name == peer);
    CHECK(read->answers[1].ttl == 120);
    REQUIRE(read->additionals.size() == 1);
    CHECK(read->additionals[0].name == target);
    CHECK(read->additionals[0].data.size() == 4);
    CHECK(sent.size() < 12 + 25 + 25 + 40 + 20);
}

TEST_CASE("dns: names are the same in any case", "[discovery]") {
    CHECK(name("_IROHv1._UDP.Local") == name("_irohv1._udp.local."));
    CHECK(name("a.b").parent() == name("b"));
    CHECK(name("b").parent().is_root());
    CHECK(dns_name{}.first_label().empty());
}

TEST_CASE("dns: labels and names have their lengths", "[discovery]") {
    CHECK(dns_name::prepend(std::string(63, 'x'), {}).has_value());
    CHECK_FALSE(dns_name::prepend(std::string(64, 'x'), {}).has_value());
    CHECK_FALSE(dns_name::parse("a..b").has_value());
    CHECK_FALSE(dns_name::parse("").has_value());
    auto longest = name(std::string(63, 'a'));
    for (int i = 0; i < 2; ++i)
        longest = *dns_name::prepend(std::string(63, 'a'), longest);
    CHECK(dns_name::prepend(std::string(61, 'a'), longest).has_value());
    CHECK_FALSE(dns_name::prepend(std::string(62, 'a'), longest).has_value());
}

TEST_CASE("dns: pointers that do not go back are refused", "[discovery]") {
    const auto body = GENERATE(
        bytes({0xc0, 12, 0, 12, 0, 1}),          // to itself
        bytes({0xc0, 14, 0, 12, 0, 1}),          // forward
        bytes({1, 'a', 0xc0, 12, 0, 12, 0, 1}),  // round and round
        bytes({0xc0, 0, 0, 12, 0, 1}),           // into the header
        bytes({0xc0}),                           // cut off
        bytes({0x80, 1, 0, 12, 0, 1}),           // neither length nor pointer
        bytes({5, 'a', 'b'})                     // beyond the end
    );
    CHECK_FALSE(read_dns_message(message({1, 0, 0, 0}, body)).has_value());
}

TEST_CASE("dns: a long chain of pointers ends at the longest name", "[discovery]") {
    // Each name is one label and a pointer to the one before: 127 of them are 255 bytes.
    byte_buffer body = bytes({1, 'a', 0, 0, 12, 0, 1});
    std::size_t last = 12;
    std::size_t at = 12 + body.size();
    std::uint8_t names = 1;
    for (; names < 127; ++names) {
        const byte_buffer next = bytes(
            {1, 'a', 0xc0 | static_cast<int>(last >> 8), static_cast<int>(last & 0xff), 0, 12, 0, 1}
        );
        body.insert(body.end(), next.begin(), next.end());
        last = at;
        at += next.size();
    }
    CHECK(read_dns_message(message({names, 0, 0, 0}, body)).has_value());
    const byte_buffer one_more = bytes(
        {1, 'a', 0xc0 | static_cast<int>(last >> 8), static_cast<int>(last & 0xff), 0, 12, 0, 1}
    );
    body.insert(body.end(), one_more.begin(), one_more.end());
    CHECK_FALSE(
        read_dns_message(message({static_cast<std::uint8_t>(names + 1), 0, 0, 0}, body)).has_value()
    );
}

TEST_CASE("dns: more entries or bytes than allowed are refused unread", "[discovery]") {
    byte_buffer many;
    for (std::size_t i = 0; i < dns_entries_max + 1; ++i) {
        const byte_buffer one = bytes({0, 0, 1, 0, 1});
        many.insert(many.end(), one.begin(), one.end());
    }
    CHECK_FALSE(read_dns_message(message({dns_entries_max + 1, 0, 0, 0}, many)).has_value());
    CHECK(read_dns_message(message({dns_entries_max, 0, 0, 0}, many)).has_value());
    CHECK_FALSE(read_dns_message(byte_buffer(dns_message_max + 1)).has_value());
    CHECK_FALSE(read_dns_message(byte_buffer(11)).has_value());
    const auto counts_only = bytes({0, 0, 0, 0, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff});
    CHECK_FALSE(read_dns_message(counts_only).has_value());
}

TEST_CASE("dns: a record longer than the message is refused", "[discovery]") {
    const auto body = bytes({0, 0, 1, 0, 1, 0, 0, 0, 9, 0, 5, 1, 2, 3, 4});
    CHECK_FALSE(read_dns_message(message({0, 1, 0, 0}, body)).has_value());
}
