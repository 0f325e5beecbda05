// SPDX-License-Identifier: Apache-2.0
#include "ctl/command_line.hpp"
#include "ctl/completion.hpp"
#include "support/catch.hpp"
#include "support/temp_dir.hpp"

#include <cstdio>
#include <fstream>

using namespace meshhost;

namespace {

std::string script_for(std::string_view shell) {
    const ctl::command_line line;
    return ctl::completion_script(line.tree(), shell).value();
}

/// What bash offers after these words, one a line.
std::string offered(const std::string& words, int current) {
    test::temp_dir directory;
    const auto file = directory / "complete.sh";
    std::ofstream(file) << script_for("bash") << "COMP_WORDS=(" << words
                        << ")\nCOMP_CWORD=" << current
                        << "\n_meshctl\nprintf '%s\\n' \"${COMPREPLY[@]}\"\n";
    auto* pipe = ::popen(("bash " + file.string()).c_str(), "r");
    REQUIRE(pipe != nullptr);
    std::string text(4096, '\0');
    text.resize(std::fread(text.data(), 1, text.size(), pipe));
    CHECK(::pclose(pipe) == 0);
    return text;
}

}  // namespace

TEST_CASE("ctl: bash offers commands, their parts and their options", "[ctl]") {
    CHECK(offered("meshctl sta", 1) == "status\n");
    CHECK(offered("meshctl config ch", 2) == "check\n");
    CHECK(offered("meshctl --json config sh", 3) == "show\n");
    CHECK(offered("meshctl config show --or", 3) == "--origin\n");
    CHECK(offered("meshctl ping --jso", 2) == "--json\n");
    CHECK(offered("meshctl status zzz", 2) == "\n");
    CHECK(offered("meshctl node dr", 2) == "drain\n");
    CHECK(offered("meshctl peers --wh", 2) == "--where\n");
    CHECK(offered("meshctl events --fol", 2) == "--follow\n");
    CHECK(offered("meshctl doctor --vi", 2) == "--via\n");
}

TEST_CASE("ctl: every command is in every shell's script", "[ctl]") {
    const std::string shell = GENERATE(as<std::string>(), "bash", "zsh", "fish");
    const auto script = script_for(shell);
    for (const auto& row : ctl::command_table()) {
        const auto name = row.path.substr(row.path.rfind(' ') + 1);
        CHECK(script.find(name) != std::string::npos);
    }
}

TEST_CASE("ctl: other shells have no script", "[ctl]") {
    const ctl::command_line line;
    CHECK_FALSE(ctl::completion_script(line.tree(), "tcsh").has_value());
}
