// SPDX-License-Identifier: Apache-2.0
#include "ctl/explanations.hpp"
#include "support/catch.hpp"

#include <algorithm>

using namespace meshhost;

TEST_CASE("ctl: explanations are in order, and each is found", "[ctl]") {
    const auto all = ctl::explanations();
    CHECK(std::is_sorted(all.begin(), all.end(), [](const auto& a, const auto& b) {
        return a.code < b.code;
    }));
    for (const auto& each : all) {
        CHECK(ctl::find_explanation(each.code) == &each);
        CHECK_FALSE(each.text.empty());
        CHECK_FALSE(each.text.ends_with('\n'));
    }
    CHECK(ctl::find_explanation("E_NOTHING") == nullptr);
}
