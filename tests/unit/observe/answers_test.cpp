// SPDX-License-Identifier: Apache-2.0
#include "support/catch.hpp"
#include "unit/observe/routes_stage.hpp"
#include "unit/observe/unpack_gzip.hpp"

#include <boost/json/parse.hpp>

using namespace meshhost;
using namespace meshhost::observe;
using test::header_of;
using stage = test::routes_stage;

namespace json = boost::json;

TEST_CASE("observe: who takes gzip gets the same, packed", "[observe]") {
    stage s;
    const auto plain = s.ask("snapshot")->json().at("data").as_object();
    for (const char* accepted :
         {"gzip", "deflate, gzip;q=1.0", "br;q=1,gzip ; q=0.5", "GZip;Q=0.1", "*", "br, *;q=0.1"}) {
        const auto packed = s.ask("snapshot", {}, {{"accept-encoding", accepted}});
        CHECK(header_of(*packed, "Content-Encoding") == "gzip");
        CHECK(header_of(*packed, "Vary") == "Accept-Encoding");
        const auto said = json::parse(test::unpack_gzip(packed->answer.body));
        CHECK(said.at("data").at("nodes") == plain.at("nodes"));
        CHECK(said.at("schema") == "meshhost.snapshot/1");
    }
    for (const char* accepted :
         {"", "br", "gzip;q=0", "gzip; q=0.000", "xgzip", "*;q=0", "*, gzip;q=0"})
        CHECK(header_of(*s.ask("snapshot", {}, {{"accept-encoding", accepted}}), "Content-Encoding")
                  .empty());
    // What fits into a packet anyhow stays as it is.
    const auto small = s.ask("nodes", {{"where", "nobody"}}, {{"accept-encoding", "gzip"}});
    CHECK(small->json().at("data").at("matched") == 0);
}
