// SPDX-License-Identifier: Apache-2.0
#include "digest_samples.hpp"
#include "peers/proto/config.hpp"
#include "peers/proto/digest_delta.hpp"
#include "peers/proto/errc.hpp"
#include "peers/proto/signed_digest.hpp"
#include "support/catch.hpp"
#include "wire/postcard.hpp"

using namespace meshhost;
using namespace meshhost::peers::proto;
using test::full_digest;
using test::sample_contribution;
using test::sample_key;

namespace {

byte_buffer record_of(const node_digest& digest) {
    return sign_digest(sample_key(1), digest).value();
}

/// With a field of a later version, signed by the origin.
byte_buffer record_with_unknown(const node_digest& digest, const std::string& content) {
    byte_buffer body = encode_digest(digest).value();
    wire::postcard_writer out(body);
    out.u8(200);
    out.string(content);
    byte_buffer message;
    for (const char c : std::string("meshhost digest v1"))
        message.push_back(static_cast<std::uint8_t>(c));
    message.push_back(0);
    message.insert(message.end(), body.begin(), body.end());
    const auto signature = sample_key(1).sign(message);
    body.insert(body.end(), signature.begin(), signature.end());
    return body;
}

node_digest later(node_digest digest) {
    ++digest.sequence;
    digest.uptime += 5s;
    return digest;
}

}  // namespace

TEST_CASE("delta: it makes the whole record of an earlier one", "[peers][delta]") {
    const node_digest before = full_digest();
    node_digest after = later(before);
    after.state = node_state::draining;
    after.load = {7, 7};
    after.contributions.pop_back();
    after.home_relay.clear();
    after.neighbors.clear();
    const byte_buffer record = record_of(after);
    const tag_set changed = tags_that_differ(record_of(before), record);
    CHECK(changed.count() == 4);  // load, contributions, relay, neighbours
    const byte_buffer bytes = make_delta(record, before.sequence, changed);
    CHECK(bytes.size() < record.size());
    const auto delta = read_delta(bytes);
    REQUIRE(delta);
    CHECK(delta->origin == before.origin);
    CHECK(delta->version == after.number());
    CHECK(delta->base == before.sequence);
    CHECK(apply_delta(record_of(before), *delta).value() == record);
    CHECK(open_digest(apply_delta(record_of(before), *delta).value()).value() == after);
}

TEST_CASE("delta: any record since the base will do", "[peers][delta]") {
    const node_digest base = full_digest();
    node_digest between = later(base);
    between.load = {5, 5};
    between.tier = node_tier::edge;
    node_digest after = later(between);
    after.load = base.load;  // as it was
    const tag_set changed = tags_that_differ(record_of(base), record_of(between))
                            | tags_that_differ(record_of(between), record_of(after));
    const byte_buffer bytes = make_delta(record_of(after), base.sequence, changed);
    const auto delta = read_delta(bytes);
    REQUIRE(delta);
    CHECK(apply_delta(record_of(base), *delta).value() == record_of(after));
    CHECK(apply_delta(record_of(between), *delta).value() == record_of(after));
}

TEST_CASE("delta: fields of a later version are carried", "[peers][delta]") {
    const node_digest before = full_digest();
    const node_digest after = later(before);
    const byte_buffer held = record_with_unknown(before, "held");
    SECTION("one that stays") {
        const byte_buffer record = record_with_unknown(after, "held");
        const byte_buffer bytes = make_delta(record, 1, tags_that_differ(held, record));
        CHECK(apply_delta(held, *read_delta(bytes)).value() == record);
    }
    SECTION("one that changes") {
        const byte_buffer record = record_with_unknown(after, "new");
        const byte_buffer bytes = make_delta(record, 1, tags_that_differ(held, record));
        CHECK(apply_delta(held, *read_delta(bytes)).value() == record);
        CHECK(open_digest(apply_delta(held, *read_delta(bytes)).value()).value() == after);
    }
}

TEST_CASE("delta: of another record it makes one that nobody signed", "[peers][delta]") {
    const node_digest before = full_digest();
    node_digest after = later(before);
    after.load = {7, 7};
    const byte_buffer bytes = make_delta(
        record_of(after),
        before.sequence,
        tags_that_differ(record_of(before), record_of(after))
    );
    node_digest other = before;
    other.name = "other";
    const auto made = apply_delta(record_of(other), *read_delta(bytes));
    REQUIRE(made.has_value());
    CHECK(open_digest(*made).error() == errc::bad_signature);
}

TEST_CASE("delta: what cannot be one is refused", "[peers][delta]") {
    const node_digest before = full_digest();
    node_digest after = later(before);
    after.load = {7, 7};
    const byte_buffer held = record_of(before);
    const byte_buffer record = record_of(after);
    const byte_buffer bytes = make_delta(record, 1, tags_that_differ(held, record));
    SECTION("every prefix of one") {
        for (std::size_t size = 0; size < bytes.size(); ++size) {
            const auto delta = read_delta(bytes_view(bytes).first(size));
            if (!delta) continue;
            const auto made = apply_delta(held, *delta);
            CHECK_FALSE((made.has_value() && open_digest(*made).has_value()));
        }
    }
    SECTION("a base that is not earlier") {
        CHECK_FALSE(read_delta(make_delta(record, after.sequence, {})));
    }
    SECTION("fields that are out of order, or too much") {
        digest_delta delta = *read_delta(bytes);
        byte_buffer rest{1, 0};
        wire::postcard_writer out(rest);
        SECTION("order") {
            for (const std::uint8_t tag : {std::uint8_t{9}, std::uint8_t{8}}) {
                out.u8(tag);
                out.bytes({});
            }
            rest.resize(rest.size() + signature_size);
            delta.rest = rest;
            CHECK(apply_delta(held, delta).error() == errc::bad_field_order);
        }
        SECTION("size") {
            out.u8(100);
            out.bytes(byte_buffer(record_size_max - 100));
            rest.resize(rest.size() + signature_size);
            delta.rest = rest;
            CHECK(apply_delta(held, delta).error() == errc::too_large);
        }
    }
}
