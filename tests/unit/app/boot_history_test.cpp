// SPDX-License-Identifier: Apache-2.0
#include "app/boot_history.hpp"
#include "support/catch.hpp"
#include "support/temp_dir.hpp"

#include <fstream>
#include <string>

using namespace meshhost;
using app::boot_history;

namespace {

boost::json::object boot(std::uint64_t number) {
    return {{"number", number}, {"spans", boost::json::array()}};
}

void put(const std::filesystem::path& file, const std::string& text) {
    std::ofstream(file) << text;
}

}  // namespace

TEST_CASE("boot history: the last four, the newest first", "[app]") {
    const test::temp_dir dir;
    const auto file = dir / "boots.json";
    for (std::uint64_t number = 1; number <= 6; ++number) {
        boot_history history(file);
        REQUIRE(history.next_number() == number);
        CHECK(history.keep(boot(number)));
    }
    const boot_history history(file);
    REQUIRE(history.boots().size() == 4);
    CHECK(history.boots()[0].at("number") == 6);
    CHECK(history.boots()[3].at("number") == 3);
    CHECK_FALSE(std::filesystem::exists(dir / "boots.json.new"));
}

TEST_CASE("boot history: what comes later takes the place of what it adds to", "[app]") {
    const test::temp_dir dir;
    boot_history history(dir / "boots.json");
    CHECK(history.keep(boot(1)));
    auto more = boot(1);
    more["join"] = "told";
    CHECK(history.keep(more));
    REQUIRE(history.boots().size() == 1);
    CHECK(history.boots()[0].at("join") == "told");
}

TEST_CASE("boot history: a file that is none is none", "[app]") {
    const test::temp_dir dir;
    const auto file = dir / "boots.json";
    for (const std::string& text :
         {std::string(),
          std::string("{"),
          std::string("{}"),
          std::string("[1, {}, {\"number\": \"x\"}]"),
          std::string(boot_history::file_size_max + 10, '[')}) {
        put(file, text);
        boot_history history(file);
        CHECK(history.next_number() == 1);
        CHECK(history.boots().empty());
    }
    put(file, R"([{"number": 7, "spans": []}, {"number": -1, "spans": []}, 5])");
    boot_history history(file);
    CHECK(history.next_number() == 8);
    CHECK(history.boots().size() == 1);
}

TEST_CASE("boot history: what cannot be written leaves what was there", "[app]") {
    const test::temp_dir dir;
    boot_history history(dir / "missing" / "boots.json");
    CHECK_FALSE(history.keep(boot(1)));
    CHECK(history.boots().size() == 1);  // and this process knows it
}
