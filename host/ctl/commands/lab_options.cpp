// SPDX-License-Identifier: Apache-2.0
#include "ctl/commands/lab_options.hpp"

#include <fmt/format.h>

#include <unistd.h>

#include <algorithm>
#include <iostream>

namespace meshhost::ctl {

std::string why_no_lab_name(const std::string& name) {
    constexpr std::size_t size_max = 64;
    const auto is_plain = [](char c) { return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9'); };
    const bool is_one = !name.empty() && name.size() <= size_max && is_plain(name.front())
                        && std::all_of(name.begin(), name.end(), [&](char c) {
                               return is_plain(c) || c == '-' || c == '_';
                           });
    return is_one ? ""
                  : "a lab's name is 1 to 64 of a-z, 0-9, \"-\" and \"_\", the first a letter or "
                    "digit";
}

void add_lab_choice(CLI::App& app, lab::lab_choice& choice) {
    app.add_option("--name", choice.name, "which lab; without it the only one")
        ->type_name("NAME")
        ->check(why_no_lab_name, "");
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
