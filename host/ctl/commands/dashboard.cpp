// SPDX-License-Identifier: Apache-2.0
// `meshctl ui`: into the dashboard.
#include "base/unique_fd.hpp"
#include "ctl/asked_host.hpp"
#include "ctl/commands/commands.hpp"
#include "ctl/fields.hpp"
#include "http/envelope.hpp"
#include "lab/host_api.hpp"

#include <fmt/format.h>

#include <sys/wait.h>
#include <unistd.h>

#include <cstdlib>
#include <spawn.h>
#include <thread>

#include <CLI/App.hpp>

namespace meshhost::ctl {

namespace {

/// Only where there is a screen to show it on.
bool has_screen() {
    return std::getenv("DISPLAY") != nullptr || std::getenv("WAYLAND_DISPLAY") != nullptr;
}

bool run_opener(std::string target) {
    std::string program = "xdg-open";
    char* words[] = {program.data(), target.data(), nullptr};
    pid_t child = -1;
    if (::posix_spawnp(&child, "xdg-open", nullptr, nullptr, words, environ) != 0) return false;
    int status = 0;
    return ::waitpid(child, &status, 0) == child && WIFEXITED(status) && WEXITSTATUS(status) == 0;
}

/// By way of a file that only we can read: everybody sees the words a program is started with, and
/// the link lets in whoever has it.
bool open_browser(const std::string& link) {
    constexpr auto reading_time = std::chrono::seconds(5);  // of a browser that has to start
    std::string path = "/tmp/meshhost-ui-XXXXXX.html";
    const unique_fd file(::mkstemps(path.data(), 5));  // mode 0600
    if (!file) return false;
    const auto page = fmt::format(
        "<!doctype html><meta http-equiv=\"refresh\" content=\"0;url={0}\"><a "
        "href=\"{0}\">{0}</a>\n",
        link
    );
    const bool is_written =
        ::write(file.get(), page.data(), page.size()) == static_cast<ssize_t>(page.size());
    const bool is_open = is_written && run_opener("file://" + path);
    if (is_open) std::this_thread::sleep_for(reading_time);
    ::unlink(path.c_str());
    return is_open;
}

class ui_command final : public command {
public:
    void declare(CLI::App& app) override {
        app.add_option("--dir", lab_dir_, "of the lab in this directory")->type_name("DIR");
        app.add_flag("--print-url", prints_only_, "print the link, and open no browser");
    }

    outcome<verdict> run(workplace& here) override {
        const auto data = ask(here);
        if (!data) return data.error();
        if (!here.out.is_text()) {
            here.out.print(http::make_envelope("dashboard", *data));
            return verdict{};
        }
        const auto link = text_in(*data, "link");
        if (!prints_only_ && has_screen() && open_browser(link))
            here.out.print("opened in a browser\n");
        else
            here.out.print(link + "\n");
        return verdict{};
    }

private:
    outcome<boost::json::object> ask(workplace& here) const {
        if (lab_dir_.empty()) {
            const auto answer = here.api.post("/v1/dashboard", {});
            if (!answer) return answer.error();
            return object_in(*answer, "data");
        }
        const auto socket = observer_of({"", lab_dir_}, here.around);
        if (!socket) return socket.error();
        return lab::post(*socket, "/v1/dashboard", {});
    }

    std::filesystem::path lab_dir_;
    bool prints_only_ = false;
};

}  // namespace

std::unique_ptr<command> make_ui() {
    return std::make_unique<ui_command>();
}

}  // namespace meshhost::ctl
