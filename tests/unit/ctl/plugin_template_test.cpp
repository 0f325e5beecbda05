// SPDX-License-Identifier: Apache-2.0
#include "ctl/plugin_template.hpp"
#include "support/catch.hpp"

#include <algorithm>

using namespace meshhost;

namespace {

const ctl::project_file* find(const std::vector<ctl::project_file>& files, std::string_view path) {
    const auto found = std::find_if(files.begin(), files.end(), [&](const auto& file) {
        return file.path == path;
    });
    return found == files.end() ? nullptr : &*found;
}

}  // namespace

TEST_CASE("ctl: a project is made in both languages", "[ctl]") {
    for (const char* language : {"cpp", "c"}) {
        const auto files = ctl::make_project({"word-count", "compute", language});
        REQUIRE(files);
        CHECK(files->size() == 6);
        CHECK(find(*files, ".gitignore") != nullptr);
        CHECK(find(*files, "test/word-count_test.cpp") != nullptr);
        const auto* source = find(*files, std::string("src/word-count.") + language);
        REQUIRE(source != nullptr);
        CHECK(source->text.find("\"compute.count\"") != std::string::npos);
        for (const auto& file : *files) {
            INFO(file.path);
            for (const char* left : {"@NAME@", "@ROLE@", "@CLASS@"})
                CHECK(file.text.find(left) == std::string::npos);
        }
    }
}

TEST_CASE("ctl: the role is the name unless it is given", "[ctl]") {
    const auto files = ctl::make_project({"wordcount", "", "c"});
    REQUIRE(files);
    CHECK(find(*files, "src/wordcount.c")->text.find("role=wordcount\\n") != std::string::npos);
}

TEST_CASE("ctl: a bad name is refused with the rule", "[ctl]") {
    for (const char* name : {"", "Word", "1word", "word count", "../word", "word.so", "-word"}) {
        const auto files = ctl::make_project({name, "role", "cpp"});
        REQUIRE_FALSE(files);
        CHECK(files.error().code == "E_PLUGIN_NAME");
        CHECK(files.error().exit == exit_code::usage);
        CHECK(files.error().message.find("[a-z][a-z0-9_-]{0,31}") != std::string::npos);
    }
    CHECK_FALSE(ctl::make_project({std::string(33, 'a'), "", "cpp"}));
    CHECK_FALSE(ctl::make_project({"word", "Big", "cpp"}));
    CHECK_FALSE(ctl::make_project({"all", "", "cpp"}));
}
