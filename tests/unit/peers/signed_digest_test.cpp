// SPDX-License-Identifier: Apache-2.0
#include "base/prng.hpp"
#include "digest_samples.hpp"
#include "peers/proto/errc.hpp"
#include "peers/proto/signed_digest.hpp"
#include "support/catch.hpp"

using namespace meshhost;
using namespace meshhost::peers::proto;
using test::full_digest;
using test::sample_key;

namespace {

byte_buffer sample_record() {
    return sign_digest(sample_key(1), full_digest(1)).value();
}

}  // namespace

TEST_CASE("record: what was signed opens to the same", "[peers][record]") {
    CHECK(open_digest(sample_record()).value() == full_digest(1));
    CHECK(sample_record() == sample_record());
}

TEST_CASE("record: nobody signs for somebody else", "[peers][record]") {
    CHECK(sign_digest(sample_key(2), full_digest(1)).error() == errc::bad_origin);
    byte_buffer record = sample_record();
    const auto other = sample_key(2).id();
    std::copy(other.bytes().begin(), other.bytes().end(), record.begin() + 1);
    CHECK(open_digest(record).error() == errc::bad_signature);
}

TEST_CASE("record: a signature over the digest alone is not one", "[peers][record]") {
    byte_buffer record = encode_digest(full_digest(1)).value();
    const identity::signature bare = sample_key(1).sign(record);
    record.insert(record.end(), bare.begin(), bare.end());
    CHECK(open_digest(record).error() == errc::bad_signature);
}

TEST_CASE("record: no single bit can be changed", "[peers][record]") {
    const byte_buffer record = sample_record();
    for (std::size_t bit = 0; bit < record.size() * 8; ++bit) {
        byte_buffer changed = record;
        changed[bit / 8] ^= static_cast<std::uint8_t>(1u << bit % 8);
        if (open_digest(changed)) FAIL("bit " << bit << " is not covered");
    }
}

TEST_CASE("record: cut, grown or random bytes are refused", "[peers][record]") {
    const byte_buffer record = sample_record();
    for (std::size_t size = 0; size < record.size(); ++size)
        CHECK_FALSE(open_digest(bytes_view(record).first(size)).has_value());
    byte_buffer grown = record;
    grown.push_back(0);
    CHECK(open_digest(grown).error() == errc::bad_signature);
    grown.resize(record_size_max + 1);
    CHECK(open_digest(grown).error() == errc::too_large);
    prng random(1);
    for (int round = 0; round < 1000; ++round) {
        byte_buffer noise(random.below(512));
        for (auto& byte : noise)
            byte = static_cast<std::uint8_t>(random.next());
        CHECK_FALSE(open_digest(noise).has_value());
    }
}

TEST_CASE(
    "record: a mutated digest that its origin signs still reads or is refused",
    "[peers][record]"
) {
    // The signature stops strangers. This is what a hostile origin can send.
    const auto key = sample_key(1);
    const byte_buffer body = encode_digest(full_digest(1)).value();
    prng random(2);
    std::size_t read = 0;
    for (int round = 0; round < 20'000; ++round) {
        byte_buffer changed = body;
        for (std::uint64_t edits = 1 + random.below(4); edits > 0; --edits)
            changed[33 + random.below(changed.size() - 33)] =
                static_cast<std::uint8_t>(random.next());
        if (random.chance(0.3)) changed.resize(33 + random.below(changed.size()));
        const auto digest = decode_digest(changed);
        if (!digest) continue;
        ++read;
        const auto again = encode_digest(*digest);
        REQUIRE(again.has_value());
        REQUIRE(decode_digest(*again).value() == *digest);
        REQUIRE(open_digest(sign_digest(key, *digest).value()).value() == *digest);
    }
    CHECK(read > 100);  // the mutations reach behind the first check
}
