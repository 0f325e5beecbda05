// SPDX-License-Identifier: Apache-2.0
#include "ctl/commands/lab_options.hpp"

#include <fmt/format.h>

#include <unistd.h>

#include <iostream>

namespace meshhost::ctl {

void add_lab_choice(CLI::App& app, lab::lab_choice& choice) {
    app.add_option("--name", choice.name, "which lab; without it the only one")->type_name("NAME");
    app.add_option("--dir", choice.dir, "its directory, wherever it is")->type_name("DIR");
}

lab_progress::lab_progress(const console& out)
    : is_terminal_(::isatty(STDERR_FILENO) == 1)
    , is_silent_(out.style().quiet) {}

lab_progress::~lab_progress() {
    clear_line();
}

void lab_progress::clear_line() {
    if (has_line_) std::cerr << "\r\x1b[K" << std::flush;
    has_line_ = false;
}

void lab_progress::show(std::string_view what, std::size_t done, std::size_t of) {
    if (is_silent_) return;
    const auto line = fmt::format("{}: {} of {}", what, done, of);
    if (line == last_) return;
    last_ = line;
    if (is_terminal_) {
        clear_line();
        std::cerr << line << std::flush;
        has_line_ = true;
    } else if (done == of) {
        std::cerr << line << '\n' << std::flush;
    }
}

void lab_progress::say(std::string_view line) {
    if (is_silent_) return;
    clear_line();
    std::cerr << line << '\n' << std::flush;
}

}  // namespace meshhost::ctl
