// SPDX-License-Identifier: Apache-2.0
#include "ctl/command_line.hpp"
#include "support/catch.hpp"

#include <sstream>

using namespace meshhost;

namespace {

failure usage_error(std::vector<std::string> words) {
    ctl::command_line line;
    const auto parsed = line.parse(std::move(words));
    REQUIRE(parsed.has_error());
    CHECK(parsed.error().exit == exit_code::usage);
    CHECK(parsed.error().code == "E_USAGE");
    return parsed.error();
}

bool names_a_command(std::vector<std::string> words) {
    ctl::command_line line;
    const auto parsed = line.parse(std::move(words));
    return parsed && *parsed != nullptr;
}

}  // namespace

TEST_CASE("ctl: every command of the table can be named, and helps", "[ctl]") {
    for (const auto& row : ctl::command_table()) {
        std::vector<std::string> words;
        std::string path(row.path);
        for (auto& c : path)
            if (c == ' ') c = '\n';
        std::istringstream stream(path);
        for (std::string word; std::getline(stream, word);)
            words.push_back(word);
        words.push_back("--help");
        ctl::command_line line;
        const auto parsed = line.parse(words);
        REQUIRE(parsed.has_value());
        CHECK(*parsed == nullptr);
        CHECK(line.text().find(row.summary) != std::string::npos);
    }
}

TEST_CASE("ctl: common options may come before and after the command", "[ctl]") {
    ctl::command_line before;
    REQUIRE(before.parse({"--json", "--instance", "a", "status"}).has_value());
    CHECK(before.options().style.format == ctl::output_format::json);
    CHECK(before.options().instance == "a");

    ctl::command_line after;
    REQUIRE(after.parse({"config", "show", "-o", "ndjson", "--timeout", "250ms"}).has_value());
    CHECK(after.options().style.format == ctl::output_format::ndjson);
    CHECK(after.options().timeout == 250ms);
}

TEST_CASE("ctl: a mistyped word gets the one that was meant", "[ctl]") {
    CHECK(
        usage_error({"stauts"}).message == "unknown command \"stauts\"; did you mean \"status\"?"
    );
    CHECK(usage_error({"config", "chek"}).message.ends_with("did you mean \"check\"?"));
    CHECK(usage_error({"ping", "x", "--cuont", "3"}).message.ends_with("did you mean \"--count\"?")
    );
    CHECK(usage_error({"status", "--jsno"}).message.ends_with("did you mean \"--json\"?"));
    CHECK(usage_error({"status", "peers"}).message == "unknown argument \"peers\"");
    CHECK(usage_error({"ping", "--cuont"}).hint == "see meshctl ping --help");
}

TEST_CASE("ctl: a line without a command, or with a bad value, is a usage error", "[ctl]") {
    usage_error({});
    usage_error({"config"});
    usage_error({"ping"});
    usage_error({"ping", "a", "-c", "0"});
    usage_error({"ping", "a", "-c", "many"});
    usage_error({"status", "-o", "xml"});
    usage_error({"status", "--timeout", "5"});
    usage_error({"status", "--timeout", "0s"});
    usage_error({"status", "--color", "blue"});
    usage_error({"status", "--instance", "z/z"});
    usage_error({"status", "--instance", ""});
    usage_error({"peers", "--watch=1ms"});
    usage_error({"peers", "--watch=soon"});
    usage_error({"peers", "--limit", "0"});
    usage_error({"events", "--since", "-1"});
    usage_error({"node", "drain"});
}

TEST_CASE("ctl: tables come as CSV and graphs as DOT, and nothing else does", "[ctl]") {
    CHECK(names_a_command({"peers", "-o", "csv"}));
    CHECK(names_a_command({"-o", "csv", "events"}));
    CHECK(names_a_command({"topology", "-o", "dot"}));
    CHECK(
        usage_error({"status", "-o", "csv"}).message == "its answer does not come in that format"
    );
    usage_error({"peers", "-o", "dot"});
    usage_error({"topology", "-o", "csv"});
}

TEST_CASE("ctl: the options of tables may be given in many ways", "[ctl]") {
    CHECK(names_a_command({"peers", "--where", "-state:alive", "--where", "path:relay"}));
    CHECK(names_a_command({"peers", "--sort", "-rtt", "--columns=node,rtt", "--limit", "3"}));
    CHECK(names_a_command({"peers", "--watch"}));
    CHECK(names_a_command({"peers", "--watch=500ms", "--json"}));
    CHECK(names_a_command({"--via", "gateway-01", "plugin", "list", "--where=state:failed"}));
}

TEST_CASE("ctl: a node may be named like a command", "[ctl]") {
    CHECK(names_a_command({"ping", "status"}));
    CHECK(names_a_command({"examples", "ping"}));
    CHECK(names_a_command({"config", "check", "check"}));
}

TEST_CASE("ctl: JSON is asked for even on a line that cannot be parsed", "[ctl]") {
    using ctl::output_format;
    CHECK(ctl::format_asked_for({"stauts", "--json"}) == output_format::json);
    CHECK(ctl::format_asked_for({"-o", "json", "stauts"}) == output_format::json);
    CHECK(ctl::format_asked_for({"stauts", "--output=ndjson"}) == output_format::ndjson);
    CHECK(ctl::format_asked_for({"stauts", "-o"}) == output_format::text);
    CHECK(ctl::format_asked_for({"stauts", "-o", "xml"}) == output_format::text);
}

TEST_CASE("ctl: the version is one line", "[ctl]") {
    ctl::command_line line;
    REQUIRE(line.parse({"--version"}).has_value());
    CHECK(line.text().starts_with("meshctl "));
}

TEST_CASE("ctl: one host is asked, named in one way", "[ctl]") {
    CHECK(names_a_command({"boot", "--lab", "lab-42"}));
    CHECK(names_a_command({"--lab", "lab-42", "ui"}));
    usage_error({"boot", "--lab", "lab-42", "--instance", "second"});
    usage_error({"boot", "--lab", "lab-42", "--socket", "/tmp/x"});
}
