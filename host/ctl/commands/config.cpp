// SPDX-License-Identifier: Apache-2.0
#include "config/config_files.hpp"
#include "config/config_text.hpp"
#include "config/key_lookup.hpp"
#include "ctl/commands/commands.hpp"
#include "ctl/fields.hpp"
#include "ctl/views.hpp"
#include "http/envelope.hpp"

#include <boost/json/serialize.hpp>
#include <fmt/format.h>

#include <algorithm>

#include <CLI/App.hpp>

namespace meshhost::ctl {

namespace {

/// Which configuration a command is about.
struct config_choice {
    config::config_request request;

    void add_sets(CLI::App& app) {
        app.add_option("--set", request.sets, "as if meshhost had been given it")
            ->type_name("KEY=VALUE")
            ->allow_extra_args(false);
    }

    config::config_result read(const workplace& here) {
        if (!here.options.instance.empty())
            request.sets.insert(request.sets.begin(), "node.instance=" + here.options.instance);
        return config::read_config(request, here.around);
    }
};

class config_check final : public command {
public:
    void declare(CLI::App& app) override {
        app.add_option("files", choice_.request.files, "without any: the one meshhost would read")
            ->type_name("FILE");
        choice_.add_sets(app);
    }

    outcome<verdict> run(workplace& here) override {
        const auto loaded = choice_.read(here);
        const auto& problems = loaded ? loaded->warnings : loaded.error().problems;
        if (here.out.is_text())
            here.out.print(config::problems_text(problems));
        else
            print_json(here.out, problems, loaded);
        if (loaded) tell_of_roles(here.out, loaded->values);
        if (!loaded) return verdict{config::exit_of(loaded.error())};
        return verdict{problems.empty() ? exit_code::ok : exit_code::degraded};
    }

private:
    /// Their schemas are in their files, of which none is loaded here.
    static void tell_of_roles(console& out, const config::host_config& settings) {
        for (const auto& each : settings.plugin)
            if (!each.config.empty())
                out.print_note(fmt::format(
                    "note: the keys of plugin.{}.config are its role's, and not checked here: "
                    "meshctl plugin describe {} lists them",
                    each.instance,
                    each.path
                ));
    }

    static void print_json(
        console& out,
        const config::config_problems& problems,
        const config::config_result& loaded
    ) {
        boost::json::object data{{"problems", config::problems_json(problems)}};
        if (loaded) return out.print(http::make_envelope("config_check", std::move(data)));
        auto envelope = http::make_error_envelope(config::to_failure(loaded.error()));
        envelope["data"] = std::move(data);
        out.print(envelope);
    }

    config_choice choice_;
};

/// Whether there can be anything under this prefix; empty: all there is.
outcome<void> check_prefix(const std::string& prefix) {
    const auto path = config::split_path(prefix);
    if (prefix.empty() || config::is_table(path) || config::find_key(path) != nullptr
        || config::find_free_table(path) != nullptr)
        return {};
    const auto meant = config::suggest_key(path);
    return failure{
        exit_code::unreachable,
        "E_NO_SUCH_KEY",
        fmt::format("no key or table is called \"{}\"", prefix),
        meant ? fmt::format("did you mean `{}`?", *meant)
              : std::string("meshctl config show lists them all")};
}

class config_show final : public command {
public:
    void declare(CLI::App& app) override {
        app.add_option("prefix", prefix_, "only these keys")->type_name("KEY");
        app.add_flag("--origin", origin_, "where each value comes from");
        app.add_flag("--running", running_, "what the running host was started with");
        app.add_option("--config", choice_.request.files, "these files instead of the usual")
            ->type_name("FILE")
            ->allow_extra_args(false);
        choice_.add_sets(app);
    }

    outcome<verdict> run(workplace& here) override {
        if (const auto known = check_prefix(prefix_); !known) return known.error();
        if (running_) return show_running(here);
        const auto loaded = choice_.read(here);
        if (!loaded) return config::to_failure(loaded.error());
        const config::show_options options{prefix_, origin_};
        if (here.out.is_text())
            here.out.print(config::settings_text(*loaded, options));
        else
            here.out.print(http::make_envelope("config", config::settings_json(*loaded, options)));
        return verdict{};
    }

private:
    outcome<verdict> show_running(workplace& here) const {
        const auto envelope = here.api.get("/v1/config");
        if (!envelope) return envelope.error();
        boost::json::object matching;
        for (const auto& [key, setting] : object_in(*envelope, "data"))
            if (std::string_view(key).starts_with(prefix_)) matching[key] = setting;
        if (here.out.is_text())
            here.out.print(running_config_text(matching, here.out));
        else
            here.out.print(http::make_envelope("config", std::move(matching)));
        return verdict{};
    }

    std::string prefix_;
    bool origin_ = false;
    bool running_ = false;
    config_choice choice_;
};

class config_schema final : public command {
public:
    outcome<verdict> run(workplace& here) override {
        here.out.print(config::schema_json());
        return verdict{};
    }
};

class config_init final : public command {
public:
    outcome<verdict> run(workplace& here) override {
        here.out.print(config::init_text());
        return verdict{};
    }
};

}  // namespace

std::unique_ptr<command> make_config_check() {
    return std::make_unique<config_check>();
}

std::unique_ptr<command> make_config_show() {
    return std::make_unique<config_show>();
}

std::unique_ptr<command> make_config_schema() {
    return std::make_unique<config_schema>();
}

std::unique_ptr<command> make_config_init() {
    return std::make_unique<config_init>();
}

}  // namespace meshhost::ctl
