// SPDX-License-Identifier: Apache-2.0
// `meshctl plugin restart`, `enable` and `reload`.
#include "ctl/commands/commands.hpp"
#include "ctl/fields.hpp"

#include <fmt/format.h>

#include <filesystem>
#include <string>

#include <CLI/App.hpp>

namespace meshhost::ctl {

namespace {

/// What a POST to one role is called, and what it says when it was done.
struct order {
    const char* path;
    const char* done;
};

class plugin_order final : public command {
public:
    explicit plugin_order(const order& given)
        : order_(given) {}

    void declare(CLI::App& app) override {
        app.add_option("instance", instance_, "as `meshctl plugin list` shows it")
            ->required()
            ->type_name("INSTANCE");
    }

    outcome<verdict> run(workplace& here) override {
        const auto envelope = here.api.post(order_.path, {{"instance", instance_}});
        if (!envelope) return envelope.error();
        if (here.out.is_text())
            here.out.print(fmt::format(fmt::runtime(order_.done), instance_));
        else
            here.out.print(*envelope);
        return verdict{};
    }

private:
    const order& order_;
    std::string instance_;
};

constexpr order restart{"/v1/plugins/restart", "{} is being started again\n"};
constexpr order enable{"/v1/plugins/enable", "{} is loaded again at the host's next start\n"};

class plugin_reload final : public command {
public:
    void declare(CLI::App& app) override {
        app.add_option("instance", instance_, "as `meshctl plugin list` shows it")
            ->required()
            ->type_name("INSTANCE");
        app.add_option("file", file_, "the new code; without it, what is at the role's own path")
            ->type_name("FILE");
    }

    outcome<verdict> run(workplace& here) override {
        boost::json::object request{{"instance", instance_}};
        // The host has another working directory.
        if (!file_.empty()) {
            const bool is_path = file_.find('/') != std::string::npos;
            const auto absolute = std::filesystem::absolute(file_).lexically_normal();
            request["path"] = is_path ? absolute.string() : file_;
        }
        // A probe, and new code that has to take over in time, or is killed.
        constexpr duration reload_takes = 30s;
        const auto envelope = here.api.patient(reload_takes).post("/v1/plugins/reload", request);
        if (!envelope) return envelope.error();
        if (!here.out.is_text()) {
            here.out.print(*envelope);
            return verdict{};
        }
        const auto& roles = array_in(object_in(*envelope, "data"), "plugins");
        const auto* const role = roles.empty() ? nullptr : roles.front().if_object();
        if (role == nullptr) return verdict{};
        here.out.print(fmt::format(
            "{} runs {} {} now, generation {}\n",
            instance_,
            text_in(*role, "role"),
            text_in(*role, "version"),
            static_cast<std::int64_t>(number_in(*role, "generation").value_or(0))
        ));
        return verdict{};
    }

private:
    std::string instance_;
    std::string file_;
};

}  // namespace

std::unique_ptr<command> make_plugin_restart() {
    return std::make_unique<plugin_order>(restart);
}

std::unique_ptr<command> make_plugin_enable() {
    return std::make_unique<plugin_order>(enable);
}

std::unique_ptr<command> make_plugin_reload() {
    return std::make_unique<plugin_reload>();
}

}  // namespace meshhost::ctl
