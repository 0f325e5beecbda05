// SPDX-License-Identifier: Apache-2.0
#include "ctl/commands/commands.hpp"
#include "ctl/fields.hpp"
#include "ctl/views.hpp"

#include <fmt/format.h>

#include <CLI/App.hpp>

namespace meshhost::ctl {

namespace {

/// A GET of one instance and how to show its answer.
struct instance_view {
    const char* path;  ///< behind the instance's name
    std::string (*view)(const boost::json::object& data, const console& out);
};

class instance_question final : public command {
public:
    explicit instance_question(const instance_view& asked)
        : asked_(asked) {}

    void declare(CLI::App& app) override {
        app.add_option("instance", instance_, "as meshctl plugin list names it")
            ->required()
            ->type_name("INSTANCE");
    }

    outcome<verdict> run(workplace& here) override {
        const auto envelope =
            here.api.get(fmt::format("/v1/plugins/{}/{}", instance_, asked_.path));
        if (!envelope) return envelope.error();
        if (here.out.is_text())
            here.out.print(asked_.view(object_in(*envelope, "data"), here.out));
        else
            here.out.print(*envelope);
        return verdict{};
    }

private:
    const instance_view& asked_;
    std::string instance_;
};

class reload_command final : public command {
public:
    outcome<verdict> run(workplace& here) override {
        const auto envelope = here.api.post("/v1/reload", {});
        if (!envelope) return envelope.error();
        const auto& data = object_in(*envelope, "data");
        if (here.out.is_text())
            here.out.print(reload_text(data, here.out));
        else
            here.out.print(*envelope);
        const auto* applied = data.if_contains("applied");
        const bool is_applied = applied != nullptr && applied->is_bool() && applied->get_bool();
        return verdict{is_applied ? exit_code::ok : exit_code::invalid};
    }
};

constexpr instance_view metrics{"metrics", metrics_text};
constexpr instance_view spans{"spans", spans_text};

}  // namespace

std::unique_ptr<command> make_plugin_metrics() {
    return std::make_unique<instance_question>(metrics);
}

std::unique_ptr<command> make_plugin_spans() {
    return std::make_unique<instance_question>(spans);
}

std::unique_ptr<command> make_reload() {
    return std::make_unique<reload_command>();
}

}  // namespace meshhost::ctl
