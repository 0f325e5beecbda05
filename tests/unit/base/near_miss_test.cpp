// SPDX-License-Identifier: Apache-2.0
#include "base/near_miss.hpp"
#include "support/catch.hpp"

#include <vector>

using meshhost::edit_distance;
using meshhost::nearest;

TEST_CASE("base: edits are counted, a swap of neighbours as one", "[base]") {
    CHECK(edit_distance("", "") == 0);
    CHECK(edit_distance("", "abc") == 3);
    CHECK(edit_distance("abc", "") == 3);
    CHECK(edit_distance("port", "port") == 0);
    CHECK(edit_distance("port", "ports") == 1);
    CHECK(edit_distance("port", "pot") == 1);
    CHECK(edit_distance("port", "pert") == 1);
    CHECK(edit_distance("port", "prot") == 1);
    CHECK(edit_distance("kitten", "sitting") == 3);
    CHECK(edit_distance("ca", "abc") == 3);  // where the unrestricted distance is 2
}

TEST_CASE("base: the nearest word within a third of the typo is meant", "[base]") {
    const std::vector<std::string> words{"quic.idle_timeout", "net.port", "net.bind", "log.level"};
    CHECK(nearest("net.prot", words) == "net.port");
    CHECK(nearest("quic.idel_timout", words) == "quic.idle_timeout");
    CHECK(nearest("port", words) == "net.port");
    CHECK(nearest("quic.port", words) == "net.port");
    CHECK_FALSE(nearest("banana", words).has_value());
    CHECK_FALSE(nearest("", words).has_value());
    CHECK_FALSE(nearest("net.port", {}).has_value());
}

TEST_CASE("base: a text that is too long to be a typo is not compared", "[base]") {
    const std::string word(65, 'a');
    const std::vector<std::string> words{word};
    CHECK_FALSE(nearest(word, words).has_value());
}
