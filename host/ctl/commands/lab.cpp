// SPDX-License-Identifier: Apache-2.0
// `meshctl lab up`, `status` and `down`.
#include "ctl/commands/commands.hpp"
#include "ctl/commands/lab_options.hpp"
#include "ctl/option_types.hpp"
#include "ctl/views.hpp"
#include "http/envelope.hpp"
#include "lab/interrupt.hpp"
#include "lab/lab_status.hpp"
#include "lab/lab_stop.hpp"
#include "lab/model/cast.hpp"

#include <fmt/format.h>

namespace meshhost::ctl {

namespace {

class lab_up final : public command {
public:
    void declare(CLI::App& app) override {
        app.add_option("--nodes", asked_.nodes, "how many hosts")
            ->check(CLI::Range(std::size_t{1}, lab::model::nodes_max))
            ->capture_default_str()
            ->type_name("N");
        app.add_option("--seed", asked_.seed, "determines keys, and what chaos draws")
            ->capture_default_str()
            ->type_name("N");
        app.add_option("--name", asked_.where.name, "the lab's name, instead of lab-SEED")
            ->type_name("NAME")
            ->check(why_no_lab_name, "");
        app.add_option("--dir", asked_.where.dir, "where to keep it")->type_name("DIR");
        app.add_option(
               "--emit",
               asked_.emit,
               "when hosts tell of themselves: change, or interval:TIME"
        )
            ->capture_default_str()
            ->type_name("HOW");
        app.add_option("--set", asked_.sets, "one setting of every host, over its preset")
            ->type_name("KEY=VALUE")
            ->allow_extra_args(false);
        app.add_option(
               "--host-set",
               asked_.host_sets,
               "one setting of one host, over those of --set"
        )
            ->type_name("NAME:KEY=VALUE")
            ->allow_extra_args(false);
        app.add_option(
               "--observer-set",
               asked_.observer_sets,
               "one setting of the observer, over those of --set"
        )
            ->type_name("KEY=VALUE")
            ->allow_extra_args(false);
        app.add_flag(
            "--observer,!--no-observer",
            asked_.has_observer,
            "a further host that serves the dashboard (the default)"
        );
        app.add_flag(
            "--relay",
            asked_.has_relay,
            "a meshrelay beside the hosts, for those that do not hear each other directly"
        );
        add_duration(app, "--within", asked_.within, "how long it may take");
    }

    outcome<verdict> run(workplace& here) override {
        const lab::interrupt_guard interrupts;
        auto up = start(here);
        if (!up) return up.error();
        if (const auto released = up->keeper.release(); !released) return released.error();
        auto data = lab::model::to_json(up->lab);
        data["boot"] = lab::to_json(up->boot);
        if (!up->dashboard.empty()) data["dashboard"] = up->dashboard;
        if (const auto kept = lab::note_boot(up->lab, up->boot); !kept) return kept.error();
        if (here.out.is_text())
            here.out.print(lab_up_text(data, which(here), here.out));
        else
            here.out.print(http::make_envelope("lab", std::move(data)));
        return verdict{};
    }

private:
    outcome<lab::running_lab> start(workplace& here) {
        lab_progress shown(here.out);
        return lab::start_lab(asked_, here.around, shown);
    }

    /// What later commands need to find this lab.
    std::string which(const workplace& here) const {
        if (!asked_.where.dir.empty()) return " --dir " + asked_.where.dir.string();
        const auto labs = lab::list_labs(here.around);
        return labs.size() > 1 && !asked_.where.name.empty() ? " --name " + asked_.where.name : "";
    }

    lab::up_request asked_{.has_observer = true};
};

class lab_status_command final : public command {
public:
    void declare(CLI::App& app) override { add_lab_choice(app, choice_); }

    outcome<verdict> run(workplace& here) override {
        const auto found = lab::find_lab(choice_, here.around);
        if (!found) return found.error();
        auto data = lab::lab_status(*found);
        const bool is_whole = data["whole"] == boost::json::value(true)
                              && data["running"].to_number<std::size_t>() == found->nodes.size();
        if (here.out.is_text())
            here.out.print(lab_status_text(data, here.out));
        else
            here.out.print(http::make_envelope("lab_status", std::move(data)));
        return verdict{is_whole ? exit_code::ok : exit_code::degraded};
    }

private:
    lab::lab_choice choice_;
};

class lab_down final : public command {
public:
    void declare(CLI::App& app) override {
        add_lab_choice(app, choice_);
        app.add_flag("--keep", options_.keep_dir, "leave its directory, with logs and results");
    }

    outcome<verdict> run(workplace& here) override {
        const auto found = lab::find_lab(choice_, here.around);
        const bool is_any = choice_.name.empty() && choice_.dir.empty();
        if (!found && (!is_any || found.error().code != "E_NO_LAB")) return found.error();
        if (!found) {
            print(here, {{"name", nullptr}, {"ran", 0}, {"killed", 0}}, "there is no lab to end\n");
            return verdict{};
        }
        const auto done = lab::stop_lab(*found, options_);
        if (!done) return done.error();
        const auto text = fmt::format(
            "ended {}: {} hosts ran{}{}\n",
            found->name,
            done->ran,
            done->killed > 0 ? fmt::format(", {} had to be killed", done->killed) : "",
            options_.keep_dir ? "; kept " + found->dir.string() : ""
        );
        print(here, {{"name", found->name}, {"ran", done->ran}, {"killed", done->killed}}, text);
        return verdict{};
    }

private:
    static void print(workplace& here, boost::json::object data, std::string_view text) {
        if (here.out.is_text())
            here.out.print(text);
        else
            here.out.print(http::make_envelope("lab_down", std::move(data)));
    }

    lab::lab_choice choice_;
    lab::stop_options options_;
};

}  // namespace

std::unique_ptr<command> make_lab_up() {
    return std::make_unique<lab_up>();
}

std::unique_ptr<command> make_lab_status() {
    return std::make_unique<lab_status_command>();
}

std::unique_ptr<command> make_lab_down() {
    return std::make_unique<lab_down>();
}

}  // namespace meshhost::ctl
