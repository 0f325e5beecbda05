// SPDX-License-Identifier: Apache-2.0
// `meshhost`: the daemon.
#include "app/application.hpp"
#include "app/command_line.hpp"
#include "base/quote.hpp"
#include "check/check_main.hpp"
#include "ctl/explanations.hpp"
#include "http/envelope.hpp"
#include "plugin/plugin_probe.hpp"
#include "plugin/plugin_worker.hpp"
#include "process/process_setup.hpp"

#include <boost/json/serialize.hpp>
#include <fmt/format.h>

#include <cstdio>
#include <cstdlib>
#include <string_view>

namespace {

using namespace meshhost;

void print(std::FILE* to, const std::string& text) {
    std::fputs(text.c_str(), to);  // that nobody reads it is no reason to fail
    std::fflush(to);
}

int report(const failure& error, bool as_json) {
    if (as_json) {
        print(stdout, boost::json::serialize(http::make_error_envelope(error)) + "\n");
    } else {
        print(stderr, fmt::format("error: {} [{}]\n", error.message, error.code));
        if (!error.hint.empty()) print(stderr, fmt::format("hint:  {}\n", error.hint));
    }
    return static_cast<int>(error.exit);
}

/// `meshhost --explain [CODE]`: the same words as `meshctl explain`, where only the host is there.
int explain(const std::vector<std::string>& words) {
    if (words.size() > 2)
        return report({exit_code::usage, "E_USAGE", "--explain takes one code", ""}, false);
    if (words.size() == 1) {
        for (const auto& known : ctl::explanations())
            print(stdout, fmt::format("{}\n", known.code));
        return static_cast<int>(exit_code::ok);
    }
    const auto* const found = ctl::find_explanation(words[1]);
    if (found == nullptr)
        return report(
            {exit_code::unreachable,
             "E_NO_SUCH_CODE",
             fmt::format("no error has the code {}", in_quotes(words[1])),
             "meshhost --explain lists them all"},
            false
        );
    print(stdout, fmt::format("{}\n\n{}\n", found->code, found->text));
    return static_cast<int>(exit_code::ok);
}

}  // namespace

int main(int argc, char** argv) {
    process::make_process_safe();
    const std::vector<std::string> words(argv + (argc > 0 ? 1 : 0), argv + argc);
    if (words.size() == 2 && words[0] == "--probe-plugin")
        return plugin::plugin_probe_main(words[1].c_str());
    if (words.size() == 2 && words[0] == "--plugin-worker")
        return plugin::plugin_worker_main(words[1].c_str());
    if (check::is_asked(words)) return check::check_main(words);
    if (!words.empty() && words[0] == "--explain") return explain(words);

    auto line = app::parse_command_line(words);
    if (!line) return report(line.error(), app::asks_for_json(words));
    if (!line->start) {
        print(stdout, line->text);
        return static_cast<int>(exit_code::ok);
    }
    app::application application(std::move(*line->start));
    const auto done = application.run();
    if (!done) return report(done.error(), app::asks_for_json(words));
    if (!done->is_clean) std::_Exit(static_cast<int>(done->exit));  // destructors would wait
    return static_cast<int>(done->exit);
}
