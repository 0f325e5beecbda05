// SPDX-License-Identifier: Apache-2.0
#include "plugin/proto/digest_board.hpp"
#include "plugin/proto/limits.hpp"
#include "support/catch.hpp"

#include <limits>
#include <string>

using namespace meshhost;
using namespace meshhost::plugin::proto;
using peers::proto::contribution;

namespace {

constexpr time_point t0{};

digest_key number_key(std::string name) {
    return {.name = std::move(name), .unit = "", .type = MESH_T_I64};
}

digest_key text_key(std::string name, std::uint32_t max_len) {
    return {.name = std::move(name), .unit = "", .type = MESH_T_STR, .max_len = max_len};
}

digest_board board(std::vector<digest_key> keys) {
    digest_board made("test", digest_bytes_max);
    REQUIRE(made.declare(std::move(keys)).has_value());
    return made;
}

call_error refusal(std::vector<digest_key> keys, std::uint32_t granted = digest_bytes_max) {
    digest_board made("test", granted);
    const auto result = made.declare(std::move(keys));
    REQUIRE(result.has_error());
    return result.error();
}

}  // namespace

TEST_CASE("digest: a changed value is published once", "[plugin][digest]") {
    digest_board digest = board({number_key("depth")});
    CHECK_FALSE(digest.poll(t0));
    digest.set(0, std::int64_t{7});
    CHECK(digest.next_deadline() <= t0);
    CHECK(digest.poll(t0) == contribution{"test", "depth", "", std::int64_t{7}});
    CHECK_FALSE(digest.poll(t0));
    CHECK(digest.next_deadline() == no_deadline);
    digest.set(0, std::int64_t{7});
    CHECK_FALSE(digest.poll(t0));
}

TEST_CASE("digest: clearing is published too, and only what was published", "[plugin][digest]") {
    digest_board digest = board({number_key("depth"), number_key("other")});
    digest.set(0, std::int64_t{7});
    digest.poll(t0);
    digest.set(0, std::monostate{});
    digest.set(1, std::monostate{});
    CHECK(digest.poll(t0) == contribution{"test", "depth", "", std::monostate{}});
    CHECK_FALSE(digest.poll(t0));
}

TEST_CASE("digest: within min_interval only the latest value is kept", "[plugin][digest]") {
    auto key = number_key("depth");
    key.min_interval = 10s;
    digest_board digest = board({key});
    digest.set(0, std::int64_t{1});
    CHECK(digest.poll(t0)->value == digest_board::value(std::int64_t{1}));
    digest.set(0, std::int64_t{2});
    digest.set(0, std::int64_t{3});
    CHECK_FALSE(digest.poll(t0 + 9s));
    CHECK(digest.next_deadline() == t0 + 10s);
    CHECK(digest.poll(t0 + 10s)->value == digest_board::value(std::int64_t{3}));
    digest.set(0, std::int64_t{4});
    digest.set(0, std::int64_t{3});  // back to what peers have: nothing to say
    CHECK(digest.next_deadline() == no_deadline);
    CHECK_FALSE(digest.poll(t0 + 1h));
}

TEST_CASE("digest: small steps add up to a published one", "[plugin][digest]") {
    digest_board digest =
        board({{.name = "load", .unit = "1", .type = MESH_T_F64, .epsilon = 0.1}});
    digest.set(0, 0.5);
    CHECK(digest.poll(t0).has_value());
    digest.set(0, 0.55);
    CHECK_FALSE(digest.poll(t0));
    digest.set(0, 0.62);
    CHECK(digest.poll(t0)->value == digest_board::value(0.62));
}

TEST_CASE("digest: a local key is not for peers", "[plugin][digest]") {
    auto key = number_key("secret");
    key.local_only = true;
    digest_board digest = board({key});
    digest.set(0, std::int64_t{1});
    CHECK_FALSE(digest.poll(t0));
    CHECK(digest.next_deadline() == no_deadline);
}

TEST_CASE("digest: at the end all that was published is taken back at once", "[plugin][digest]") {
    auto slow = number_key("slow");
    slow.min_interval = 1h;
    digest_board digest = board({slow, number_key("never")});
    digest.set(0, std::int64_t{1});
    digest.poll(t0);
    digest.set(1, std::int64_t{2});
    digest.withdraw();
    CHECK(digest.poll(t0) == contribution{"test", "slow", "", std::monostate{}});
    CHECK_FALSE(digest.poll(t0));
}

TEST_CASE("digest: keys that cannot be declared are named", "[plugin][digest]") {
    CHECK(refusal({number_key("Depth")}).text == "digest key 0: the name is not [a-z0-9_.]{1,32}");
    CHECK(refusal({number_key("a"), number_key("")}).text.starts_with("digest key 1: the name"));
    CHECK(refusal({number_key("a"), number_key("a")}).code == MESH_E_EXISTS);
    CHECK(refusal({{.name = "a", .type = 99}}).text == "digest key 0: no such type");
    CHECK(refusal({{.name = "a", .type = MESH_T_NONE}}).code == MESH_E_INVALID);
    CHECK(refusal({{.name = "a", .type = MESH_T_F64, .epsilon = -1}}).code == MESH_E_INVALID);
    CHECK(
        refusal(
            {{.name = "a", .type = MESH_T_F64, .epsilon = std::numeric_limits<double>::quiet_NaN()}}
        ).code
        == MESH_E_INVALID
    );
    CHECK(refusal({{.name = "a", .type = MESH_T_I64, .min_interval = -1s}}).code == MESH_E_INVALID);
    CHECK(refusal(std::vector<digest_key>(digest_keys_max + 1)).code == MESH_E_INVALID);
    digest_board twice = board({number_key("a")});
    CHECK(twice.declare({number_key("b")}).error().code == MESH_E_STATE);
}

TEST_CASE("digest: the budget is the sum of the largest encodings", "[plugin][digest]") {
    // Three lengths, "test", the name, the type mark; then the value.
    CHECK(encoded_size_max("test", number_key("depth")) == 3 + 4 + 5 + 1 + 10);
    CHECK(encoded_size_max("test", text_key("name", 16)) == 3 + 4 + 4 + 1 + 2 + 16);
    const std::vector<digest_key> keys{number_key("depth"), text_key("name", 16)};
    digest_board fits("test", 23 + 30);
    CHECK(fits.declare(keys).has_value());
    const auto refused = refusal(keys, 23 + 29);
    CHECK(refused.code == MESH_E_BUDGET);
    CHECK(
        refused.text
        == "digest of 2 keys can encode to 53 bytes, granted 52 (largest: test.name, 30 bytes)"
    );
}

TEST_CASE("digest: what an encoding takes is never more than was budgeted", "[plugin][digest]") {
    const auto encoded_size = [](const digest_key& key, digest_board::value value) {
        peers::proto::node_digest node;
        node.mesh = "m";
        const std::size_t bare = peers::proto::encode_digest(node)->size();
        node.contributions = {{"test", key.name, key.unit, std::move(value)}};
        constexpr std::size_t list_head = 3;  // the field's tag and length
        return peers::proto::encode_digest(node)->size() - bare - list_head;
    };
    const auto fits = [&](const digest_key& key, const digest_board::value& value) {
        return encoded_size(key, value) <= encoded_size_max("test", key);
    };
    CHECK(fits(number_key("depth"), std::numeric_limits<std::int64_t>::min()));
    CHECK(fits({.name = "u", .type = MESH_T_U64}, std::numeric_limits<std::uint64_t>::max()));
    CHECK(fits({.name = "f", .unit = "ms", .type = MESH_T_F64}, -1e300));
    CHECK(fits({.name = "b", .type = MESH_T_BOOL}, true));
    CHECK(fits(text_key("t", 200), std::string(200, 'x')));
    CHECK(fits({.name = "y", .type = MESH_T_BYTES, .max_len = 200}, byte_buffer(200)));
}

TEST_CASE("digest: values that do not fit their key are refused", "[plugin][digest]") {
    const digest_board digest = board({text_key("name", 16), {.name = "load", .type = MESH_T_F64}});
    CHECK(digest.check(0, std::string(16, 'x')).has_value());
    const auto long_one = digest.check(0, std::string(100, 'x')).error();
    CHECK(long_one.code == MESH_E_TOO_LARGE);
    CHECK(long_one.text == "digest key test.name: 100 bytes, declared max_len 16");
    CHECK(digest.check(0, std::int64_t{1}).error().code == MESH_E_INVALID);
    CHECK(digest.check(0, std::string("a\nb")).error().code == MESH_E_INVALID);
    CHECK(digest.check(0, std::string("\xff")).error().code == MESH_E_INVALID);
    CHECK(digest.check(1, std::numeric_limits<double>::infinity()).error().code == MESH_E_INVALID);
    CHECK(digest.check(2, 1.0).error().text == "digest key 2 of 2 declared");
    CHECK(digest.check(1, std::monostate{}).has_value());
}
