// SPDX-License-Identifier: Apache-2.0
#include "base/quote.hpp"
#include "ctl/commands/commands.hpp"
#include "ctl/plugin_template.hpp"
#include "http/envelope.hpp"

#include <boost/json/array.hpp>
#include <fmt/format.h>

#include <algorithm>
#include <filesystem>
#include <fstream>

#include <CLI/App.hpp>
#include <CLI/Config.hpp>
#include <CLI/Formatter.hpp>

namespace meshhost::ctl {

namespace {

namespace fs = std::filesystem;

failure cannot_write(const fs::path& path, const std::string& why) {
    return {
        exit_code::failure,
        "E_PLUGIN_PROJECT",
        fmt::format("cannot write {}: {}", path.string(), why),
        ""};
}

outcome<void> write_file(const fs::path& path, const std::string& text) {
    std::error_code failed;
    fs::create_directories(path.parent_path(), failed);
    if (failed) return cannot_write(path, failed.message());
    std::ofstream file(path, std::ios::binary);
    file << text;
    file.close();
    if (!file) return cannot_write(path, std::generic_category().message(errno));
    return {};
}

/// Everything of the directory's is somebody's: only an empty one is written to.
outcome<void> check_free(const fs::path& directory) {
    std::error_code ignored;
    if (!fs::exists(directory, ignored)) return {};
    if (fs::is_directory(directory, ignored) && fs::is_empty(directory, ignored)) return {};
    return failure{
        exit_code::invalid,
        "E_PLUGIN_EXISTS",
        fmt::format("{} exists and is not empty", directory.string()),
        "choose another name, or another place with --dir"};
}

class plugin_new final : public command {
public:
    void declare(CLI::App& app) override {
        app.add_option("name", asked_.name, "of the project and of the .so")
            ->type_name("NAME")
            ->required();
        app.add_option("--role", asked_.role, "the role that it plays; without it, NAME")
            ->type_name("ROLE");
        app.add_option("--lang", asked_.language, "cpp or c")
            ->type_name("LANG")
            ->check(CLI::IsMember({"cpp", "c"}));
        app.add_option("--dir", directory_, "where the project goes; without it, ./NAME")
            ->type_name("DIR");
    }

    outcome<verdict> run(workplace& here) override {
        const auto files = make_project(asked_);
        if (!files) return files.error();
        const fs::path directory = directory_.empty() ? fs::path(asked_.name) : directory_;
        if (const auto free = check_free(directory); !free) return free.error();
        for (const auto& file : *files)
            if (const auto done = write_file(directory / file.path, file.text); !done)
                return done.error();
        show(directory, *files, here.out);
        return verdict{};
    }

private:
    void show(const fs::path& directory, const std::vector<project_file>& files, console& out)
        const {
        if (!out.is_text()) {
            boost::json::array paths;
            for (const auto& file : files)
                paths.emplace_back(file.path);
            out.print(http::make_envelope(
                "plugin_project",
                {{"directory", fs::absolute(directory).string()}, {"files", std::move(paths)}}
            ));
            return;
        }
        std::string text = fmt::format("made {}:\n", directory.string());
        for (const auto& file : files)
            text += fmt::format("  {}\n", file.path);
        text += fmt::format(
            "\nnext:\n"
            "  cd {0}\n"
            "  cmake -S . -B build && cmake --build build\n"
            "  ctest --test-dir build\n"
            "  meshhost --check build/{1}.so\n"
            "  meshhost --plugin ./build/{1}.so\n",
            directory.string(),
            asked_.name
        );
        out.print(text);
    }

    project_request asked_{.name = {}, .role = {}, .language = "cpp"};
    fs::path directory_;
};

}  // namespace

std::unique_ptr<command> make_plugin_new() {
    return std::make_unique<plugin_new>();
}

}  // namespace meshhost::ctl
