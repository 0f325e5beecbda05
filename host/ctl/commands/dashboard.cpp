// SPDX-License-Identifier: Apache-2.0
#include "ctl/commands/commands.hpp"
#include "ctl/fields.hpp"

#include <sys/wait.h>
#include <unistd.h>

#include <cstdlib>
#include <spawn.h>

#include <CLI/App.hpp>

namespace meshhost::ctl {

namespace {

/// Only where there is a screen to show it on.
bool has_screen() {
    return std::getenv("DISPLAY") != nullptr || std::getenv("WAYLAND_DISPLAY") != nullptr;
}

bool open_browser(const std::string& link) {
    std::string program = "xdg-open";
    std::string target = link;
    char* words[] = {program.data(), target.data(), nullptr};
    pid_t child = -1;
    if (::posix_spawnp(&child, "xdg-open", nullptr, nullptr, words, environ) != 0) return false;
    int status = 0;
    return ::waitpid(child, &status, 0) == child && WIFEXITED(status) && WEXITSTATUS(status) == 0;
}

class ui_command final : public command {
public:
    void declare(CLI::App& app) override {
        app.add_flag("--print-url", prints_only_, "print the link, and open no browser");
    }

    outcome<verdict> run(workplace& here) override {
        std::string link;
        const auto take = [&](const boost::json::object& envelope) {
            if (!here.out.is_text()) here.out.print(envelope);
            link = text_in(object_in(envelope, "data"), "link");
        };
        const auto done = here.api.stream("/v1/dashboard", {}, here.options.timeout, take);
        if (!done) return done.error();
        if (!here.out.is_text()) return verdict{};
        if (!prints_only_ && has_screen() && open_browser(link)) {
            here.out.print("opened in a browser\n");
            return verdict{};
        }
        here.out.print(link + "\n");
        return verdict{};
    }

private:
    bool prints_only_ = false;
};

}  // namespace

std::unique_ptr<command> make_ui() {
    return std::make_unique<ui_command>();
}

}  // namespace meshhost::ctl
