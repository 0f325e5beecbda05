// SPDX-License-Identifier: Apache-2.0
#include "app/command_line.hpp"
#include "support/catch.hpp"

using namespace meshhost;

namespace {

app::start_options parsed(std::vector<std::string> words) {
    const auto line = app::parse_command_line(std::move(words));
    REQUIRE(line.has_value());
    REQUIRE(line->start.has_value());
    return *line->start;
}

std::vector<std::string> sets_of(std::vector<std::string> words) {
    return parsed(std::move(words)).request.sets;
}

}  // namespace

TEST_CASE("app: no word at all starts with nothing but defaults", "[app]") {
    const auto start = parsed({});
    CHECK(start.request.files.empty());
    CHECK(start.request.sets.empty());
    CHECK(start.plugins.empty());
    CHECK(start.peers.empty());
    CHECK_FALSE(start.json);
}

TEST_CASE("app: flags are shorthands for settings", "[app]") {
    CHECK(sets_of({"--port", "4433"}) == std::vector<std::string>{"net.port=4433"});
    CHECK(sets_of({"--instance", "a"}) == std::vector<std::string>{"node.instance=a"});
    CHECK(sets_of({"--name", "gate 1"}) == std::vector<std::string>{"node.name=gate 1"});
    CHECK(sets_of({"--log-level", "debug"}) == std::vector<std::string>{"log.level=debug"});
    CHECK(
        sets_of({"--bind", "127.0.0.1", "--bind", "::1"})
        == std::vector<std::string>{R"(net.bind=["127.0.0.1","::1"])"}
    );
    CHECK(sets_of({"--data-dir", "/x"}) == std::vector<std::string>{"node.data_dir=/x"});
}

TEST_CASE("app: a relative data directory is meant from here", "[app]") {
    const auto sets = sets_of({"--data-dir", "here"});
    REQUIRE(sets.size() == 1);
    CHECK(sets[0] == "node.data_dir=" + (std::filesystem::current_path() / "here").string());
}

TEST_CASE("app: --set has the last word over flags", "[app]") {
    const auto sets = sets_of({"--set", "net.port=1", "--port", "2", "--set", "net.port=3"});
    CHECK(sets == std::vector<std::string>{"net.port=2", "net.port=1", "net.port=3"});
}

TEST_CASE("app: lists keep their order", "[app]") {
    const auto start = parsed(
        {"--plugin",
         "compute.so",
         "--plugin",
         "./x.so",
         "--peer",
         "a",
         "--peer",
         "b",
         "--config",
         "one.toml",
         "--config",
         "two.toml",
         "--json"}
    );
    CHECK(start.plugins == std::vector<std::string>{"compute.so", "./x.so"});
    CHECK(start.peers == std::vector<std::string>{"a", "b"});
    CHECK(start.request.files == std::vector<std::filesystem::path>{"one.toml", "two.toml"});
    CHECK(start.json);
}

TEST_CASE("app: help and the version are text, not a start", "[app]") {
    for (const auto* word : {"--help", "--version"}) {
        const auto line = app::parse_command_line({word});
        REQUIRE(line.has_value());
        CHECK_FALSE(line->start.has_value());
        CHECK(line->text.find("meshhost") != std::string::npos);
        CHECK(line->text.ends_with('\n'));
    }
}

TEST_CASE("app: what cannot be understood is a usage error", "[app]") {
    const std::vector<std::string> words = GENERATE(values<std::vector<std::string>>(
        {{"--plguin", "x.so"}, {"compute.so"}, {"--plugin"}, {"--plugin", ""}, {"--peer"}, {"-x"}}
    ));
    const auto line = app::parse_command_line(words);
    REQUIRE(line.has_error());
    CHECK(line.error().exit == exit_code::usage);
    CHECK(line.error().hint == "see meshhost --help");
}

TEST_CASE("app: a mistyped option gets the one that was meant", "[app]") {
    const auto line = app::parse_command_line({"--plguin", "x.so"});
    REQUIRE(line.has_error());
    CHECK(line.error().message == "unknown option \"--plguin\"; did you mean \"--plugin\"?");
}

TEST_CASE("app: --observe listens at its own address where no file says another", "[app]") {
    const auto start = parsed({"--observe"});
    CHECK(start.request.sets == std::vector<std::string>{"gossip.tier=observer"});
    CHECK(start.request.flags == std::vector<std::string>{"observe.listen=127.0.0.1:7780"});
}
