// SPDX-License-Identifier: Apache-2.0
#include "sim/options.hpp"

#include "base/version.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <sstream>

#include <CLI/CLI.hpp>

namespace meshhost::sim {
namespace {

constexpr const char* description =
    "Simulates gossip among thousands of nodes in one process, from a scenario and a seed.\n"
    "A scenario is a TOML file; docs/gossip.md lists its keys. Same scenario, seed and rules: same "
    "run, to the byte.";

/// In the order of rules_choice.
constexpr std::array<std::string_view, 3> rules_words{"ours", "upstream", "both"};

constexpr const char* exit_codes =
    "Exits with 0 when every expectation of every scenario holds under our rules, with 9 when one "
    "does not,\nwith 7 for a scenario that cannot be read, with 2 for a wrong command line,\n"
    "with 1 when a picture cannot be written.";

/// CLI11 would take -1 for the largest number, and what is too large as well. Empty when fine.
std::string complaint_about_seed(const std::string& text) {
    std::uint64_t seed = 0;
    const char* const end = text.data() + text.size();
    const auto read = std::from_chars(text.data(), end, seed);
    if (read.ec == std::errc() && read.ptr == end) return "";
    return "\"" + text + "\" is no seed: a whole number below 2^64";
}

/// The scenario files in a folder, in the order of their names.
std::vector<std::filesystem::path> files_in(const std::filesystem::path& folder) {
    std::vector<std::filesystem::path> files;
    std::error_code unreadable;
    for (const auto& entry : std::filesystem::directory_iterator(folder, unreadable)) {
        if (entry.path().extension() == ".toml") files.push_back(entry.path());
    }
    std::sort(files.begin(), files.end());
    return files;
}

outcome<options> with_folders_opened(options given) {
    std::vector<std::filesystem::path> files;
    for (const auto& place : given.scenarios) {
        if (!std::filesystem::is_directory(place)) {
            files.push_back(place);
            continue;
        }
        const auto inside = files_in(place);
        if (inside.empty()) {
            return failure{
                exit_code::invalid,
                "E_SCENARIO",
                place.string() + ": no scenario in this folder",
                "scenarios end in .toml"};
        }
        files.insert(files.end(), inside.begin(), inside.end());
    }
    given.scenarios = std::move(files);
    return given;
}

}  // namespace

outcome<options> parse_options(int argc, const char* const* argv) {
    options given;
    CLI::App app(description, "mesh_sim");
    app.footer(exit_codes);
    app.set_version_flag("--version", std::string("mesh_sim ") + version());
    app.add_option("scenario", given.scenarios, "scenario files, or folders of them")->required();
    std::string rules = "ours";
    app.add_option("--rules", rules, "ours, upstream (iroh-gossip 0.101 as it is) or both")
        ->check(CLI::IsMember(std::vector<std::string>(rules_words.begin(), rules_words.end())));
    app.add_option("--seeds", given.seeds, "instead of the scenario's: 1,2,3")
        ->delimiter(',')
        ->check(CLI::Validator(complaint_about_seed, ""));
    app.add_flag("--twice", given.runs_twice, "run each seed twice and compare the traces");
    app.add_flag("--json", given.json, "one JSON object a scenario and line");
    app.add_flag("--trace-hash", given.trace_only, "print the traces' hashes and nothing else");
    app.add_flag("--progress", given.shows_progress, "say on standard error how far it is");
    app.add_option("--svg", given.svg_folder, "write pictures into this folder");
    try {
        app.parse(argc, argv);
    } catch (const CLI::Success& asked) {
        std::ostringstream text;
        app.exit(asked, text, text);
        return failure{exit_code::ok, "", text.str(), ""};
    } catch (const CLI::ParseError& wrong) {
        return failure{
            exit_code::usage,
            "E_USAGE",
            wrong.what(),
            "mesh_sim --help lists the options"};
    }
    const auto chosen = std::find(rules_words.begin(), rules_words.end(), rules);
    given.rules = static_cast<rules_choice>(chosen - rules_words.begin());
    return with_folders_opened(std::move(given));
}

}  // namespace meshhost::sim
