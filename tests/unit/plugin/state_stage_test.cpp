// SPDX-License-Identifier: Apache-2.0
#include "plugin/proto/grants.hpp"
#include "plugin/proto/limits.hpp"
#include "plugin/proto/state_quota.hpp"
#include "plugin/proto/state_stage.hpp"
#include "support/catch.hpp"

using namespace meshhost;
using namespace meshhost::plugin::proto;

namespace {

state_write text(std::string_view from) {
    const bytes_view bytes = as_bytes(from);
    return byte_buffer(bytes.begin(), bytes.end());
}

}  // namespace

TEST_CASE("state stage: the newest write of a key is seen, until it is settled", "[plugin]") {
    state_stage stage;
    CHECK(stage.find("a") == nullptr);
    stage.write("a", text("1"));
    const auto first = stage.seal();
    CHECK(first->size() == 1);
    CHECK(*stage.find("a") == text("1"));
    stage.write("a", text("22"));
    CHECK(*stage.find("a") == text("22"));
    CHECK(stage.staged_bytes() == 3);
    stage.write("a", std::nullopt);
    CHECK(*stage.find("a") == std::nullopt);
    CHECK(stage.staged() == 1);
    CHECK(stage.staged_bytes() == 1);
    stage.seal();
    CHECK(stage.under_way() == 2);
    stage.settle();
    CHECK(*stage.find("a") == std::nullopt);
    stage.settle();
    CHECK(stage.find("a") == nullptr);
    CHECK(*first->at("a") == *text("1"));  // what a thread still writes does not change
}

TEST_CASE("state stage: keys come in order from all layers", "[plugin]") {
    state_stage stage;
    stage.write("b", text("1"));
    stage.seal();
    stage.write("a", text("1"));
    stage.write("c", std::nullopt);
    CHECK(stage.next_key("", false) == "a");
    CHECK(stage.next_key("a", true) == "b");
    CHECK(stage.next_key("b", false) == "b");
    CHECK(stage.next_key("b", true) == "c");
    CHECK_FALSE(stage.next_key("c", true));
    std::string all;
    stage.for_each([&](const std::string& key, const state_write& write) {
        all += key + (write ? "+" : "-");
    });
    CHECK(all == "a+b+c-");
}

TEST_CASE("state quota: a permission with a size", "[plugin]") {
    CHECK(state_size("state:64MiB") == 64u << 20);
    CHECK(state_size("state:10KiB") == 10u << 10);
    CHECK(state_size("state:1GiB") == 1u << 30);
    CHECK(state_size("state:777") == 777u);
    for (const char* bad :
         {"state:", "state:x", "state:1MB", "state:-1", "state:99999999GiB", "x:1"})
        CHECK_FALSE(state_size(bad));
    CHECK(state_quota({}) == state_bytes_default);
    CHECK(state_quota({"identity:sign", "state:1MiB", "state:8MiB"}) == 8u << 20);
    const grants granted({"state:8MiB"});
    CHECK(granted.allows("state:8MiB"));
    CHECK(granted.allows("state:100KiB"));
    CHECK_FALSE(granted.allows("state:9MiB"));
    CHECK(grants().allows("state:1MiB"));  // everybody has that much
}
