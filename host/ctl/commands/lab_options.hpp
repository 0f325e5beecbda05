// SPDX-License-Identifier: Apache-2.0
#pragma once
// What the commands about labs share.
#include "ctl/command.hpp"
#include "lab/lab_dir.hpp"
#include "lab/lab_start.hpp"

#include <string>

#include <CLI/App.hpp>

namespace meshhost::ctl {

/// Empty: it is one. It becomes a directory, and the name of a mesh.
std::string why_no_lab_name(const std::string& name);

/// --name and --dir.
void add_lab_choice(CLI::App& app, lab::lab_choice& choice);

/// On standard error: one line that changes on a terminal, else a line each time that something
/// was reached.
class lab_progress final : public lab::progress {
public:
    explicit lab_progress(const console& out);
    lab_progress(const lab_progress&) = delete;
    lab_progress& operator=(const lab_progress&) = delete;
    ~lab_progress() override;

    void show(std::string_view what, std::size_t done, std::size_t of) override;
    /// A line of its own.
    void say(std::string_view line);

private:
    void clear_line();

    bool is_terminal_;
    bool is_silent_;
    bool has_line_ = false;
    std::string last_;
};

}  // namespace meshhost::ctl
