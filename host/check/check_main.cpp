// SPDX-License-Identifier: Apache-2.0
#include "check/check_main.hpp"

#include "check/checker.hpp"
#include "check/describe.hpp"
#include "check/description.hpp"
#include "check/trials.hpp"
#include "http/envelope.hpp"

#include <boost/json/serialize.hpp>
#include <spdlog/fmt/fmt.h>

#include <algorithm>
#include <cstdio>

#include <CLI/App.hpp>
#include <CLI/Config.hpp>
#include <CLI/Formatter.hpp>

namespace meshhost::check {

namespace {

constexpr int not_a_plugin = 2;

void print(std::FILE* to, const std::string& text) {
    std::fputs(text.c_str(), to);
    std::fflush(to);
}

void print_json(const char* name, boost::json::object data) {
    print(stdout, boost::json::serialize(http::make_envelope(name, std::move(data))) + "\n");
}

int check(const check_request& asked, bool as_json) {
    const report result = check_plugin(asked);
    if (as_json)
        print_json("plugin_check", report_json(result));
    else
        print(stdout, report_text(result));
    return result.exit_status();
}

int describe(const std::string& path, bool as_json, bool as_markdown) {
    const description found = describe_plugin(path);
    if (!found.refused.empty()) {
        const failure why{
            exit_code::invalid,
            found.refused.substr(0, found.refused.find(' ')),
            fmt::format("plugin {}: {}", path, found.refused),
            ""};
        if (as_json)
            print(stdout, boost::json::serialize(http::make_error_envelope(why)) + "\n");
        else
            print(stderr, fmt::format("error: {}\n", why.message));
        return found.is_plugin ? 1 : not_a_plugin;
    }
    if (as_json)
        print_json("plugin_description", found.about);
    else
        print(stdout, as_markdown ? describe_markdown(found.about) : describe_text(found.about));
    return 0;
}

}  // namespace

bool is_asked(const std::vector<std::string>& words) {
    return std::any_of(words.begin(), words.end(), [](const std::string& word) {
        return word == "--check" || word == "--describe" || word == "--check-child"
               || word.starts_with("--check=") || word.starts_with("--describe=");
    });
}

int check_main(std::vector<std::string> words) {
    if (words.front() == "--check-child") {
        words.erase(words.begin());
        return child_main(words);
    }
    CLI::App app("Looks at a plugin, without a host.", "meshhost");
    check_request asked;
    std::string described;
    bool as_json = false;
    bool as_markdown = false;
    auto* to_check =
        app.add_option("--check", asked.path, "does it keep the contract?")->type_name("FILE");
    auto* to_describe = app.add_option("--describe", described, "what does it say of itself?")
                            ->type_name("FILE")
                            ->excludes(to_check);
    app.add_option(
           "--level",
           asked.level,
           "0 reads the file, 1 probes it as a host would, 2 tries the contract, 3 is hard on it"
    )
        ->type_name("0..3")
        ->check(CLI::Range(0, 3))
        ->needs(to_check);
    app.add_option("--seed", asked.seed, "of level 3: the same seed, the same events")
        ->type_name("N")
        ->needs(to_check);
    app.add_flag("--json", as_json, "for programs");
    app.add_flag("--markdown", as_markdown, "as a page of documentation")->needs(to_describe);
    std::reverse(words.begin(), words.end());  // what CLI11 asks for
    try {
        app.parse(std::move(words));
    } catch (const CLI::CallForHelp&) {
        print(stdout, app.help());
        return 0;
    } catch (const CLI::ParseError& error) {
        print(
            stderr,
            fmt::format("error: {} [E_USAGE]\nhint:  meshhost --check --help\n", error.what())
        );
        return not_a_plugin;
    }
    return described.empty() ? check(asked, as_json) : describe(described, as_json, as_markdown);
}

}  // namespace meshhost::check
