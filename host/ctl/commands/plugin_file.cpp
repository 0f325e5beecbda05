// SPDX-License-Identifier: Apache-2.0
// Questions about a plugin's file, which meshhost answers: only it loads plugins, and it does so in
// a child process. meshctl becomes that meshhost.
#include "ctl/commands/commands.hpp"

#include <fmt/format.h>

#include <unistd.h>

#include <cerrno>
#include <filesystem>
#include <system_error>
#include <vector>

#include <CLI/App.hpp>
#include <CLI/Config.hpp>
#include <CLI/Formatter.hpp>

namespace meshhost::ctl {

namespace {

/// Does not return unless there is no meshhost.
failure become_meshhost(const std::vector<std::string>& words) {
    std::error_code ignored;
    const auto self = std::filesystem::read_symlink("/proc/self/exe", ignored);
    const auto beside = self.parent_path() / "meshhost";
    std::vector<char*> arguments{const_cast<char*>("meshhost")};
    for (const auto& word : words)
        arguments.push_back(const_cast<char*>(word.c_str()));
    arguments.push_back(nullptr);
    ::execv(beside.c_str(), arguments.data());
    ::execvp("meshhost", arguments.data());
    return {
        exit_code::failure,
        "E_PLUGIN_TOOL",
        fmt::format(
            "cannot run meshhost, neither {} nor one in PATH: {}",
            beside.string(),
            std::generic_category().message(errno)
        ),
        "install meshhost beside meshctl"};
}

class plugin_describe final : public command {
public:
    void declare(CLI::App& app) override {
        app.add_option("file", file_, "the shared object")->type_name("FILE")->required();
        app.add_flag("--markdown", markdown_, "as a page for the plugin's documentation");
    }

    outcome<verdict> run(workplace& here) override {
        std::vector<std::string> words{"--describe", file_};
        if (markdown_) words.emplace_back("--markdown");
        if (!here.out.is_text()) words.emplace_back("--json");
        return become_meshhost(words);
    }

private:
    std::string file_;
    bool markdown_ = false;
};

class plugin_check final : public command {
public:
    void declare(CLI::App& app) override {
        app.add_option("file", file_, "the shared object")->type_name("FILE")->required();
        app.add_option(
               "--level",
               level_,
               "0 reads the file, 1 probes, 2 tries the contract, 3 hard"
        )
            ->type_name("0..3");
        app.add_option("--seed", seed_, "of level 3, to see the same again")->type_name("N");
    }

    outcome<verdict> run(workplace& here) override {
        std::vector<std::string> words{"--check", file_};
        if (!level_.empty()) words.insert(words.end(), {"--level", level_});
        if (!seed_.empty()) words.insert(words.end(), {"--seed", seed_});
        if (!here.out.is_text()) words.emplace_back("--json");
        return become_meshhost(words);
    }

private:
    std::string file_;
    std::string level_;
    std::string seed_;
};

}  // namespace

std::unique_ptr<command> make_plugin_describe() {
    return std::make_unique<plugin_describe>();
}

std::unique_ptr<command> make_plugin_check() {
    return std::make_unique<plugin_check>();
}

}  // namespace meshhost::ctl
