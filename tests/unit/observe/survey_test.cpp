// SPDX-License-Identifier: Apache-2.0
#include "identity/secret_key.hpp"
#include "observe/survey.hpp"
#include "support/catch.hpp"
#include "support/loop.hpp"
#include "unit/admin/fake_host.hpp"

#include <boost/json/parse.hpp>

using namespace meshhost;
using observe::survey;

namespace json = boost::json;

namespace {

admin::peer_snapshot peer_of(std::uint8_t seed, std::string name) {
    std::array<std::uint8_t, identity::secret_key::seed_size> bytes{};
    bytes[0] = seed;
    admin::peer_snapshot peer;
    peer.id = identity::secret_key::from_seed(bytes).id().to_hex();
    peer.name = std::move(name);
    peer.state = "alive";
    return peer;
}

struct bench {
    bench() { host.known = {peer_of(1, "one"), peer_of(2, "two")}; }
    json::array ask() {
        survey::told said;
        REQUIRE(asked.ask([&](const auto& answers) { said = answers; }));
        REQUIRE(test::run_until(shard, [&] {
            for (; answered < others.calls.size(); ++answered)
                if (on_question) on_question(answered);
            return said != nullptr;
        }));
        return json::parse(*said).as_array();
    }
    void answer(std::size_t at, const std::string& data) {
        others.calls.at(at)->answer(200, "application/json", R"({"ok":true,"data":)" + data + "}");
    }

    net::shard shard;
    test::fake_host host;
    test::fake_asker others;
    std::size_t answered = 0;
    std::function<void(std::size_t)> on_question;
    survey asked{
        shard,
        host,
        others,
        {.name = "things",
         .path = "/v1/things",
         .query = {},
         .own =
             [this](const auto&) {
                 return json::object{{"id", host.node().id}, {"name", "me"}, {"things", {1}}};
             }},
        {"things", [](const json::object& line) -> json::value {
             const auto* found = line.if_contains("things");
             return found == nullptr ? json::value() : *found;
         }}};
};

}  // namespace

TEST_CASE(
    "observe: every host is asked, and those that are gone keep what they said",
    "[observe]"
) {
    bench b;
    b.on_question = [&](std::size_t at) { b.answer(at, R"({"things":["x"]})"); };
    const auto all = b.ask();
    REQUIRE(all.size() == 3);
    CHECK(all[0].at("things") == json::array{1});
    CHECK(all[1].at("things") == json::array{"x"});
    CHECK(all[1].at("error").is_null());
    CHECK(b.others.calls.size() == 2);

    b.ask();  // within the same second: the same, and nobody is asked
    CHECK(b.others.calls.size() == 2);

    b.host.known[1].state = "dead";
    b.host.known[1].evidence = "no answer";
    REQUIRE(test::run_until(b.shard, [&, from = b.shard.now()] {
        return b.shard.now() - from > 1s;
    }));
    const auto later = b.ask();
    CHECK(b.others.calls.size() == 3);
    CHECK(later[2].at("things") == json::array{"x"});
    CHECK(later[2].at("error") == "dead: no answer");
}

TEST_CASE("observe: one that does not answer holds up nobody for long", "[observe]") {
    bench b;
    b.on_question = [&](std::size_t at) {
        if (at == 0) b.answer(at, R"({"nothing":1})");
    };
    const auto all = b.ask();
    CHECK(all[1].at("things").is_null());
    CHECK(all[1].at("error") == "it keeps no record");
    CHECK(all[2].at("things").is_null());
}
