// SPDX-License-Identifier: Apache-2.0
// `meshhost`: the daemon.
#include "app/application.hpp"
#include "app/command_line.hpp"
#include "app/process_setup.hpp"
#include "check/check_main.hpp"
#include "http/envelope.hpp"
#include "plugin/plugin_probe.hpp"
#include "plugin/plugin_worker.hpp"

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

}  // namespace

int main(int argc, char** argv) {
    app::make_process_safe();
    const std::vector<std::string> words(argv + (argc > 0 ? 1 : 0), argv + argc);
    if (words.size() == 2 && words[0] == "--probe-plugin")
        return plugin::plugin_probe_main(words[1].c_str());
    if (words.size() == 2 && words[0] == "--plugin-worker")
        return plugin::plugin_worker_main(words[1].c_str());
    if (check::is_asked(words)) return check::check_main(words);

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
