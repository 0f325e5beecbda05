// SPDX-License-Identifier: Apache-2.0
#include "digest_samples.hpp"
#include "peers/proto/config.hpp"
#include "peers/proto/errc.hpp"
#include "support/catch.hpp"
#include "wire/postcard.hpp"

#include <functional>
#include <limits>

using namespace meshhost;
using namespace meshhost::peers::proto;
using test::full_digest;
using test::sample_contribution;
using test::small_digest;

namespace {

error_code error_of(const std::function<void(node_digest&)>& change) {
    node_digest digest = full_digest();
    change(digest);
    const auto body = encode_digest(digest);
    return body ? error_code{} : body.error();
}

byte_buffer with_field(byte_buffer body, std::uint8_t tag, std::size_t size) {
    wire::postcard_writer out(body);
    out.u8(tag);
    out.bytes(byte_buffer(size, 'x'));
    return body;
}

error_code decode_error(bytes_view body) {
    const auto digest = decode_digest(body);
    return digest ? error_code{} : digest.error();
}

}  // namespace

TEST_CASE("digest: what was encoded decodes to the same", "[peers][digest]") {
    for (const node_digest& digest : {full_digest(), small_digest(3)}) {
        const auto body = encode_digest(digest);
        REQUIRE(body.has_value());
        const auto again = decode_digest(*body);
        REQUIRE(again.has_value());
        CHECK(*again == digest);
        CHECK(digest_origin(*body).value() == digest.origin);
        CHECK(digest_number(*body).value() == digest.number());
    }
}

TEST_CASE("digest: numbers keep their extremes", "[peers][digest]") {
    node_digest digest = small_digest(1);
    digest.incarnation = digest.sequence = number_max;
    digest.uptime = uptime_max;
    digest.contributions = {
        sample_contribution("a", "high", std::numeric_limits<std::int64_t>::max()),
        sample_contribution("a", "low", std::numeric_limits<std::int64_t>::min()),
        sample_contribution("a", "small", -std::numeric_limits<double>::denorm_min())};
    CHECK(decode_digest(encode_digest(digest).value()).value() == digest);
}

TEST_CASE("digest: a field of a later version is skipped", "[peers][digest]") {
    const byte_buffer body = encode_digest(full_digest()).value();
    CHECK(decode_digest(with_field(body, 15, 5)).value() == full_digest());
    CHECK(decode_digest(with_field(with_field(body, 17, 200), 255, 1)).value() == full_digest());
}

TEST_CASE("digest: another order, a repeated or an empty field is refused", "[peers][digest]") {
    const byte_buffer body = encode_digest(full_digest()).value();
    CHECK(decode_error(with_field(with_field(body, 17, 1), 16, 1)) == errc::bad_field_order);
    CHECK(decode_error(with_field(body, 6, 1)) == errc::bad_field_order);
    CHECK(decode_error(with_field(body, 0, 1)) == errc::bad_field_order);
    CHECK(decode_error(with_field(body, 15, 0)) == errc::not_canonical);
    const byte_buffer small = encode_digest(small_digest(1)).value();
    CHECK(decode_error(with_field(small, 2, 0)) == errc::not_canonical);
}

TEST_CASE("digest: a padded number is refused", "[peers][digest]") {
    const node_digest digest = small_digest(1);
    byte_buffer body = encode_digest(digest).value();
    constexpr std::size_t incarnation_at = 33;
    REQUIRE(body[incarnation_at] == 1);
    body[incarnation_at] = 0x81;
    body.insert(body.begin() + incarnation_at + 1, 0x00);
    CHECK(decode_error(body) == errc::not_canonical);
}

TEST_CASE("digest: every prefix of one is refused, or says less", "[peers][digest]") {
    const byte_buffer body = encode_digest(full_digest()).value();
    std::size_t read = 0;
    for (std::size_t size = 0; size < body.size(); ++size) {
        const auto digest = decode_digest(bytes_view(body).first(size));
        if (!digest) continue;
        ++read;  // it ended between two fields
        CHECK_FALSE(*digest == full_digest());
    }
    CHECK(read == 14);
}

TEST_CASE("digest: a layout, origin, state or uptime that is none is refused", "[peers][digest]") {
    const byte_buffer body = encode_digest(small_digest(1)).value();
    byte_buffer other = body;
    other[0] = 2;
    CHECK(decode_error(other) == errc::unknown_layout);
    other = body;
    std::fill(other.begin() + 1, other.begin() + 33, std::uint8_t{0});
    CHECK(decode_error(other) == errc::bad_origin);
    other = body;
    other[35] = 5;
    CHECK(decode_error(other) == errc::bad_state);
    other = body;
    REQUIRE(other.back() == 0);
    other.pop_back();
    wire::postcard_writer(other).varint(std::numeric_limits<std::uint64_t>::max());
    CHECK(decode_error(other) == errc::bad_uptime);
    CHECK(decode_error({}) == errc::malformed);
}

TEST_CASE("digest: more than the limits is refused on both sides", "[peers][digest]") {
    CHECK(error_of([](auto& d) { d.mesh.assign(name_size_max + 1, 'm'); }) == errc::bad_text);
    CHECK(error_of([](auto& d) { d.name.assign(name_size_max + 1, 'n'); }) == errc::bad_text);
    CHECK(error_of([](auto& d) { d.version.assign(version_size_max + 1, '1'); }) == errc::bad_text);
    CHECK(
        error_of([](auto& d) {
            d.roles.clear();
            for (std::size_t i = 0; i <= roles_max; ++i)
                d.roles.push_back("r" + std::to_string(i));
        })
        == errc::too_many
    );
    CHECK(
        error_of([](auto& d) {
            d.addresses.assign(addresses_max + 1, ip_endpoint::v4({10, 0, 0, 1}, 1));
        })
        == errc::too_many
    );
    CHECK(
        error_of([](auto& d) {
            d.contributions.clear();
            for (std::size_t i = 0; i <= contributions_max; ++i)
                d.contributions.push_back(
                    sample_contribution("r", "k" + std::to_string(100 + i), true)
                );
        })
        == errc::too_many
    );
    CHECK(
        error_of([](auto& d) {
            d.contributions = {sample_contribution("r", "k", std::string(value_size_max + 1, 'v'))};
        })
        == errc::bad_contribution
    );
    CHECK(
        error_of([](auto& d) {
            d.contributions.clear();
            for (const char* key : {"a", "b", "c", "d", "e"})
                d.contributions.push_back(sample_contribution("r", key, std::string(1000, 'v')));
        })
        == errc::too_large
    );
    const byte_buffer body = encode_digest(full_digest()).value();
    CHECK(decode_error(with_field(body, 15, body_size_max)) == errc::too_large);
}

TEST_CASE("digest: a list with one element too many is refused when it is met", "[peers][digest]") {
    byte_buffer body = encode_digest(small_digest(1)).value();
    byte_buffer roles;
    wire::postcard_writer list(roles);
    for (std::size_t i = 0; i <= roles_max; ++i)
        list.string("r" + std::to_string(i));
    wire::postcard_writer out(body);
    out.u8(4);
    out.bytes(roles);
    CHECK(decode_error(body) == errc::too_many);
}

TEST_CASE("digest: texts that a terminal would obey are refused", "[peers][digest]") {
    for (const char* text :
         {"\x1b[2J",
          "line\n",
          "\x7f",
          "\xc2\x9b"
          "2J",
          "\xff",
          "\xed\xa0\x80"}) {
        CAPTURE(text);
        CHECK(error_of([&](auto& d) { d.name = text; }) == errc::bad_text);
        CHECK(error_of([&](auto& d) { d.mesh = text; }) == errc::bad_text);
        CHECK(
            error_of([&](auto& d) {
                d.contributions = {sample_contribution("r", "k", std::string(text))};
            })
            == errc::bad_contribution
        );
    }
    CHECK_FALSE(error_of([](auto& d) { d.name = "M\u00fcnchen \u2192 1"; }));
}

TEST_CASE("digest: roles, keys, values and addresses keep their forms", "[peers][digest]") {
    for (const char* role : {"", "Compute", "a.b", "a b", "0123456789abcdef0123456789abcdef0"})
        CHECK(error_of([&](auto& d) { d.roles = {role}; }) == errc::bad_role);
    CHECK(error_of([](auto& d) { d.roles = {"a", "b", "a"}; }) == errc::bad_role);
    for (const char* key : {"", "Key", "a-b", "k\n"})
        CHECK(
            error_of([&](auto& d) { d.contributions = {sample_contribution("r", key, true)}; })
            == errc::bad_contribution
        );
    for (const double value : {std::numeric_limits<double>::infinity(), std::nan("")})
        CHECK(
            error_of([&](auto& d) { d.contributions = {sample_contribution("r", "k", value)}; })
            == errc::bad_contribution
        );
    for (const auto& address :
         {ip_endpoint::v4({10, 0, 0, 1}, 0),
          ip_endpoint::any_v4(1),
          ip_endpoint::any_v6(1),
          ip_endpoint::v4({224, 0, 0, 1}, 1),
          ip_endpoint::v4({255, 255, 255, 255}, 1)})
        CHECK(error_of([&](auto& d) { d.addresses = {address}; }) == errc::bad_address);
}

TEST_CASE("digest: contributions are in order and each once", "[peers][digest]") {
    const auto a = sample_contribution("r", "a", true);
    const auto b = sample_contribution("r", "b", true);
    CHECK(error_of([&](auto& d) { d.contributions = {b, a}; }) == errc::bad_contribution);
    CHECK(error_of([&](auto& d) { d.contributions = {a, a}; }) == errc::bad_contribution);
    CHECK_FALSE(error_of([&](auto& d) { d.contributions = {a, b}; }));
}

TEST_CASE("digest: what a node is and has keeps its limits", "[peers][digest]") {
    CHECK(error_of([](auto& d) { d.incarnation = number_max + 1; }) == errc::bad_number);
    CHECK(error_of([](auto& d) { d.sequence = number_max + 1; }) == errc::bad_number);
    CHECK(error_of([](auto& d) { d.tier = static_cast<node_tier>(4); }) == errc::bad_facts);
    CHECK(error_of([](auto& d) { d.budget.source = budget_source::none; }) == errc::bad_facts);
    CHECK(
        error_of([](auto& d) { d.budget.source = static_cast<budget_source>(3); })
        == errc::bad_facts
    );
    CHECK(error_of([](auto& d) { d.load.cpu = 8; }) == errc::bad_facts);
    CHECK(error_of([](auto& d) { d.load.memory = 254; }) == errc::bad_facts);
    CHECK(error_of([](auto& d) { d.home_relay.assign(257, 'r'); }) == errc::bad_text);
    CHECK(error_of([](auto& d) { d.lease = lease_max + 1s; }) == errc::bad_facts);
    CHECK(error_of([](auto& d) { d.neighbors.push_back(d.neighbors.back()); }) == errc::bad_facts);
    CHECK(error_of([](auto& d) { std::swap(d.neighbors[0], d.neighbors[1]); }) == errc::bad_facts);
    CHECK(error_of([](auto& d) { d.neighbors.resize(neighbors_max + 1); }) == errc::too_many);
    CHECK_FALSE(error_of([](auto& d) { d.load = {7, 7}; }));
    CHECK_FALSE(error_of([](auto& d) { d.lease = lease_max; }));
}

TEST_CASE("digest: a fact that says what its absence says is refused", "[peers][digest]") {
    const byte_buffer body = encode_digest(small_digest(1)).value();
    const auto with = [&body](std::uint8_t tag, const byte_buffer& content) {
        byte_buffer longer = body;
        wire::postcard_writer out(longer);
        out.u8(tag);
        out.bytes(content);
        return decode_error(longer);
    };
    CHECK(with(7, {0}) == errc::not_canonical);
    CHECK(with(8, {0, 0, 0}) == errc::not_canonical);
    CHECK(with(9, {255, 255}) == errc::not_canonical);
    CHECK(with(10, {0}) == errc::not_canonical);
    CHECK(with(13, {0}) == errc::not_canonical);
    CHECK_FALSE(with(7, {1}));
    CHECK_FALSE(with(14, byte_buffer(10, 0)));
}

TEST_CASE("digest: a fact that is cut or has more behind it is refused", "[peers][digest]") {
    const byte_buffer body = encode_digest(small_digest(1)).value();
    CHECK(decode_error(with_field(body, 8, 2)) == errc::malformed);
    CHECK(decode_error(with_field(body, 9, 1)) == errc::malformed);
    CHECK(decode_error(with_field(body, 12, 9)) == errc::malformed);
    CHECK(decode_error(with_field(body, 14, 9)) == errc::malformed);
    byte_buffer longer = body;
    wire::postcard_writer out(longer);
    out.u8(7);
    out.bytes(byte_buffer{1, 1});
    CHECK(decode_error(longer) == errc::not_canonical);
    byte_buffer absurd = body;
    wire::postcard_writer lease(absurd);
    lease.u8(13);
    lease.bytes(byte_buffer{0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x01});
    CHECK(decode_error(absurd) == errc::bad_facts);
}
