// SPDX-License-Identifier: Apache-2.0
#include "observe/proto/node_order.hpp"
#include "support/catch.hpp"
#include "unit/observe/contract_file.hpp"

#include <utility>
#include <vector>

using namespace meshhost;
using observe::proto::compare_as_counted;

TEST_CASE("observe: names are sorted as the dashboard does", "[observe]") {
    const auto contract = test::read_contract("text_order.json");
    std::vector<std::pair<std::string, int>> all;  // and its place
    int place = 0;
    for (const auto& alike : contract.at("order").as_array()) {
        for (const auto& text : alike.as_array())
            all.emplace_back(text.as_string(), place);
        ++place;
    }
    REQUIRE(all.size() > 30);
    for (const auto& [one, its_place] : all)
        for (const auto& [other, other_place] : all) {
            CAPTURE(one, other);
            const int told = compare_as_counted(one, other);
            CHECK((told > 0) == (its_place > other_place));
            CHECK((told < 0) == (its_place < other_place));
        }
}
