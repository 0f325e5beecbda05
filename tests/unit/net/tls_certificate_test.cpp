// SPDX-License-Identifier: Apache-2.0
#include "net/tls_certificate.hpp"
#include "support/catch.hpp"
#include "support/certificates.hpp"
#include "support/temp_dir.hpp"

using namespace meshhost;
using namespace std::chrono_literals;
using Catch::Contains;

TEST_CASE("tls certificate: what a browser will not like is said", "[net]") {
    const test::temp_dir dir;
    const auto files = test::make_certificates(dir.path());
    const auto context = net::tls_server_context::make(files.chain, files.key);
    REQUIRE(context);
    const std::vector<std::string> ours{"localhost", "localhost:7780", "127.0.0.1:7780"};
    const std::vector<std::string> others{"mesh.example:7780", "127.0.0.2", "[::1]:7780"};
    const auto now = std::chrono::system_clock::now();
    const auto concerns = [&](const std::vector<std::string>& names, std::chrono::hours later) {
        return net::certificate_concerns(**context, names, now + later);
    };
    // It is good from yesterday to tomorrow; when a third of that is left, that is soon.
    CHECK(concerns(ours, 0h).empty());
    CHECK(concerns(ours, -23h).empty());
    REQUIRE(concerns(ours, 9h).size() == 1);
    CHECK_THAT(concerns(ours, 9h)[0], Contains("the certificate expires on 2"));
    REQUIRE(concerns(ours, 25h).size() == 1);
    CHECK_THAT(concerns(ours, 25h)[0], Contains("has expired on 2"));
    REQUIRE(concerns({}, -25h).size() == 1);
    CHECK_THAT(concerns({}, -25h)[0], Contains("is good only from 2"));
    const auto foreign = concerns(others, 0h);
    REQUIRE(foreign.size() == others.size());
    for (std::size_t i = 0; i < others.size(); ++i)
        CHECK_THAT(foreign[i], Contains("does not bear the name " + others[i]));
}
