// SPDX-License-Identifier: Apache-2.0
#include "digest_samples.hpp"
#include "peers/proto/errc.hpp"
#include "peers/proto/self_record.hpp"
#include "peers/proto/signed_digest.hpp"
#include "support/catch.hpp"

#include <limits>

using namespace meshhost;
using namespace meshhost::peers::proto;
using test::sample_contribution;
using test::sample_key;

namespace {

constexpr time_point start{1h};

self_record sample_self(const config& options = {}) {
    return {sample_key(1), 100, start, options};
}

/// A role may fill a record.
config generous() {
    config options;
    options.contribution_bytes_max = record_size_max;
    return options;
}

}  // namespace

TEST_CASE("self: many changes cost one signature", "[peers][self]") {
    self_record self = sample_self();
    for (std::int64_t value = 0; value < 50; ++value)
        REQUIRE_FALSE(self.set_contribution(sample_contribution("r", "k", value)));
    CHECK(self.is_changed());
    const auto digest = open_digest(self.sign(start + 2s)).value();
    CHECK(digest.number() == digest_version{100, 1});
    CHECK(digest.uptime == 2s);
    CHECK(digest.contributions.size() == 1);
    CHECK(std::get<std::int64_t>(digest.contributions[0].value) == 49);
    CHECK_FALSE(self.is_changed());
    CHECK(open_digest(self.sign(start + 9s)).value() == digest);
}

TEST_CASE("self: the same again is no change", "[peers][self]") {
    self_record self = sample_self();
    const auto item = sample_contribution("r", "k", true);
    REQUIRE_FALSE(self.set_contribution(item));
    self.sign(start);
    const auto before = self.revision();
    REQUIRE_FALSE(self.set_contribution(item));
    REQUIRE_FALSE(self.clear_contribution("r", "other"));
    self.set_state(node_state::joining);
    CHECK_FALSE(self.is_changed());
    CHECK(self.revision() == before);
}

TEST_CASE("self: contributions stay in order and can be cleared", "[peers][self]") {
    self_record self = sample_self();
    for (const char* key : {"m", "z", "a"})
        REQUIRE_FALSE(self.set_contribution(sample_contribution("r", key, true)));
    REQUIRE_FALSE(self.set_contribution(sample_contribution("a", "x", true)));
    REQUIRE_FALSE(self.clear_contribution("r", "m"));
    const auto digest = open_digest(self.sign(start)).value();
    REQUIRE(digest.contributions.size() == 3);
    CHECK(digest.contributions[0].role == "a");
    CHECK(digest.contributions[1].key == "a");
    CHECK(digest.contributions[2].key == "z");
}

TEST_CASE("self: what would not fit leaves everything as it was", "[peers][self]") {
    self_record self = sample_self(generous());
    for (const char* key : {"a", "b", "c"})
        REQUIRE_FALSE(self.set_contribution(sample_contribution("r", key, std::string(1000, 'v'))));
    const node_digest before = self.digest();
    CHECK(
        self.set_contribution(sample_contribution("r", "d", std::string(1000, 'v')))
        == errc::too_large
    );
    CHECK(self.set_contribution(sample_contribution("R", "d", true)) == errc::bad_contribution);
    self_description what;
    what.name = "\n";
    CHECK(self.describe(what) == errc::bad_text);
    CHECK(self.digest() == before);
    REQUIRE(open_digest(self.sign(start)).has_value());
}

TEST_CASE("self: what fits now fits with the largest numbers", "[peers][self]") {
    self_record self = sample_self(generous());
    for (const char* key : {"a", "b", "c"})
        REQUIRE_FALSE(self.set_contribution(sample_contribution("r", key, std::string(1000, 'v'))));
    std::size_t size = 0;
    while (!self.set_contribution(sample_contribution("r", "d", std::string(size + 1, 'v'))))
        ++size;
    REQUIRE(self.overrule({number_max - 1, 5}));
    CHECK(open_digest(self.sign(start + 24h * 9'000)).has_value());
}

TEST_CASE("self: a new peer gets a fresh uptime, but not each of many", "[peers][self]") {
    self_record self = sample_self();
    const auto first = open_digest(self.sign_fresh(start, 1s)).value();
    CHECK(open_digest(self.sign_fresh(start + 900ms, 1s)).value() == first);
    const auto later = open_digest(self.sign_fresh(start + 1h, 1s)).value();
    CHECK(later.uptime == 1h);
    CHECK(later.sequence == first.sequence + 1);
}

TEST_CASE("self: a newer digest of ours is numbered over, an older one is not", "[peers][self]") {
    self_record self = sample_self();
    self.sign(start);
    CHECK_FALSE(self.overrule({99, 1'000}));
    CHECK_FALSE(self.overrule({100, 1}));
    CHECK_FALSE(self.overrule({number_max, 0}));
    CHECK_FALSE(self.is_changed());
    CHECK(self.overrule({100, 2}));
    CHECK(open_digest(self.sign(start)).value().number() == digest_version{101, 1});
}

TEST_CASE("self: a role contributes no more than it may", "[peers][self]") {
    config options;
    options.contribution_bytes_max = 64;
    self_record self = sample_self(options);
    const auto text = [](std::size_t size) { return std::string(size, 'v'); };
    REQUIRE_FALSE(self.set_contribution(sample_contribution("a", "k", text(50))));
    REQUIRE_FALSE(self.set_contribution(sample_contribution("b", "k", text(50))));
    const node_digest before = self.digest();
    CHECK(self.set_contribution(sample_contribution("a", "l", text(10))) == errc::role_too_large);
    CHECK(self.set_contribution(sample_contribution("a", "k", text(60))) == errc::role_too_large);
    CHECK(self.digest() == before);
    CHECK_FALSE(self.set_contribution(sample_contribution("a", "k", text(51))));
    CHECK_FALSE(self.set_contribution(sample_contribution("a", "k", text(40))));
    CHECK_FALSE(self.set_contribution(sample_contribution("a", "l", true)));
}

TEST_CASE("self: what changes waits as long as its class has to", "[peers][self]") {
    self_record self = sample_self();
    self.sign(start);
    CHECK_FALSE(self.due());
    self_description what;
    what.addresses = {ip_endpoint::v4({192, 0, 2, 1}, 1)};
    REQUIRE_FALSE(self.describe(what));
    self.observe(start + 1s);
    CHECK(self.due() == start + 3s);
    what.roles = {"compute"};
    REQUIRE_FALSE(self.describe(what));
    self.observe(start + 1s);
    CHECK(self.due() == start + 2s);
    CHECK(open_digest(self.sign_due(start + 1900ms)).value().roles.empty());
    const auto digest = open_digest(self.sign_due(start + 2s)).value();
    CHECK(digest.roles == what.roles);
    CHECK(digest.addresses == what.addresses);
    CHECK_FALSE(self.due());
    self.set_state(node_state::alive);
    self.observe(start + 2s);
    CHECK(self.due() == start + 2s);
}

TEST_CASE("self: neighbours are in order, each once, and no more than fit", "[peers][self]") {
    self_record self = sample_self();
    std::vector<identity::endpoint_id> all;
    for (std::uint8_t seed = 2; seed < 102; ++seed)
        all.push_back(sample_key(seed).id());
    self.set_neighbors({all[3], all[1], all[3]});
    CHECK(self.digest().neighbors.size() == 2);
    REQUIRE(open_digest(self.sign(start)).has_value());
    self.set_neighbors({all[1], all[3]});
    CHECK_FALSE(self.is_changed());
    self.set_neighbors(all);
    CHECK(open_digest(self.sign(start)).value().neighbors.size() == neighbors_max);
    self.set_neighbors({});
    CHECK(open_digest(self.sign(start)).value().neighbors.empty());
}
