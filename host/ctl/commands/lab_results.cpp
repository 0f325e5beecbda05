// SPDX-License-Identifier: Apache-2.0
// `meshctl lab run`, `measure`, `report` and `experiment`: labs that end in figures.
#include "ctl/commands/commands.hpp"
#include "ctl/commands/lab_options.hpp"
#include "ctl/commands/narrator.hpp"
#include "ctl/option_types.hpp"
#include "ctl/text_table.hpp"
#include "ctl/views.hpp"
#include "http/envelope.hpp"
#include "lab/experiment.hpp"
#include "lab/interrupt.hpp"
#include "lab/lab_report.hpp"
#include "lab/model/figures_table.hpp"
#include "lab/scenario_run.hpp"

#include <boost/json/serialize.hpp>
#include <fmt/format.h>

namespace meshhost::ctl {

namespace {

namespace fs = std::filesystem;

void print_either(workplace& here, const char* schema, boost::json::object data, std::string text) {
    if (here.out.is_text())
        here.out.print(text);
    else
        here.out.print(http::make_envelope(schema, std::move(data)));
}

/// Writes DIR/NAME.html, .json and .md.
outcome<void> write_report(
    const lab::model::report& report,
    const fs::path& dir,
    const std::string& name
) {
    std::error_code ec;
    fs::create_directories(dir, ec);  // what is wrong shows when the first file is written
    const auto file = [&](const char* ending) { return dir / (name + ending); };
    const auto page = lab::write_file(file(".html"), lab::model::to_html(report));
    if (!page) return page.error();
    const auto data = lab::write_file(file(".json"), boost::json::serialize(report.data) + "\n");
    if (!data) return data.error();
    return lab::write_file(file(".md"), lab::model::to_markdown(report));
}

std::string table_text(const lab::model::report_table& from, const console& out) {
    std::vector<text_table::column> columns;
    for (std::size_t i = 0; i < from.columns.size(); ++i)
        columns.push_back({from.columns[i], i == 0 ? align::left : align::right});
    text_table table(std::move(columns));
    for (const auto& row : from.rows)
        table.add(row);
    return table.to_string(out.style().header);
}

class lab_run final : public command {
public:
    void declare(CLI::App& app) override {
        app.add_option("scenario", file_, "a TOML file; see docs/lab.md")
            ->required()
            ->type_name("FILE");
        app.add_option("--name", where_.name, "the lab's name, instead of lab-SEED")
            ->type_name("NAME")
            ->check(why_no_lab_name, "");
        app.add_option("--dir", where_.dir, "where to keep the lab")->type_name("DIR");
        app.add_option("--out", out_, "write a report there, as RUN.html, .json and .md")
            ->type_name("DIR");
        app.add_flag("--keep", keep_, "leave the lab running in the end");
    }

    outcome<verdict> run(workplace& here) override {
        const auto text = lab::read_file(file_);
        if (!text)
            return failure{
                exit_code::unreachable,
                "E_SCENARIO",
                fmt::format("{} cannot be read", file_.string()),
                "name a file, such as etc/lab/a-host-dies.toml"};
        auto scenario = lab::model::read_scenario(*text, file_.string());
        if (!scenario) return scenario.error();
        const lab::interrupt_guard interrupts;
        const auto result = play(here, std::move(*scenario));
        if (!result) return result.error();
        print_either(here, "lab_run", lab::to_json(*result), lab_run_text(*result, here.out));
        return verdict{result->passed() ? exit_code::ok : exit_code::assertion_failed};
    }

private:
    outcome<lab::run_result> play(workplace& here, lab::model::scenario scenario) {
        std::size_t expected = 0;
        for (const auto& step : scenario.steps)
            expected += step.expected.size();
        narrator told(here.out, expected);
        const auto name = file_.stem().string();
        lab::run_request asked{std::move(scenario), where_, keep_, told, {}};
        if (!out_.empty())
            asked.before_end = [&](const lab::model::lab_record& lab) {
                return write_report(lab::lab_report(lab), out_, name);
            };
        return lab::run_scenario(asked, here.around, told.shown());
    }

    fs::path file_;
    fs::path out_;
    lab::lab_choice where_;
    bool keep_ = false;
};

class lab_measure final : public command {
public:
    void declare(CLI::App& app) override {
        add_lab_choice(app, choice_);
        add_duration(app, "--for", window_, "how long to look");
        app.add_option("--label", label_, "what to call it in the report")->type_name("TEXT");
    }

    outcome<verdict> run(workplace& here) override {
        const auto found = lab::find_lab(choice_, here.around);
        if (!found) return found.error();
        const lab::interrupt_guard interrupts;
        const auto figures = lab::measure_and_note(*found, label_, window_);
        if (!figures) return figures.error();
        const auto table = lab::model::figures_table({{label_, *figures}});
        print_either(
            here,
            "lab_measure",
            lab::model::to_json(*figures),
            table_text(table, here.out)
        );
        return verdict{};
    }

private:
    lab::lab_choice choice_;
    duration window_ = 30s;
    std::string label_ = "window";
};

class lab_report_command final : public command {
public:
    void declare(CLI::App& app) override {
        add_lab_choice(app, choice_);
        app.add_option("--out", out_, "the HTML file; the data is in it")->type_name("FILE");
    }

    outcome<verdict> run(workplace& here) override {
        const auto found = lab::find_lab(choice_, here.around);
        if (!found) return found.error();
        const auto file = out_.empty() ? fs::path(found->name + ".html") : out_;
        const auto report = lab::lab_report(*found);
        const auto written = lab::write_file(file, lab::model::to_html(report));
        if (!written) return written.error();
        print_either(
            here,
            "lab_report",
            {{"file", fs::absolute(file).string()}, {"report", report.data}},
            fmt::format("{}\n{}\n", report.lead, fs::absolute(file).string())
        );
        return verdict{};
    }

private:
    lab::lab_choice choice_;
    fs::path out_;
};

class lab_experiment final : public command {
public:
    void declare(CLI::App& app) override {
        app.add_option("which", which_, "heartbeat, telemetry or accounting")
            ->required()
            ->check(CLI::IsMember({"heartbeat", "telemetry", "accounting"}).description(""))
            ->type_name("WHICH");
        app.add_option("--nodes", asked_.nodes, "how many hosts")
            ->check(CLI::Range(std::size_t{2}, std::size_t{100}))
            ->capture_default_str()
            ->type_name("N");
        app.add_option("--seconds", seconds_, "of each measurement; without it 60, quick 8")
            ->check(CLI::Range(1U, 3600U))
            ->type_name("N");
        app.add_option("--rounds", rounds_, "how often each is measured; without it 3, quick 1")
            ->check(CLI::Range(1U, 20U))
            ->type_name("N");
        app.add_option("--cycles", cycles_, "joins and leaves; without it 10000, quick 300")
            ->check(CLI::Range(10U, 1'000'000U))
            ->type_name("N");
        app.add_option("--seed", asked_.seed, "of the labs")->capture_default_str()->type_name("N");
        app.add_option("--out", out_, "where to write WHICH.html, .json and .md")
            ->capture_default_str()
            ->type_name("DIR");
        app.add_flag("--quick", quick_, "a look, not a measurement");
    }

    outcome<verdict> run(workplace& here) override {
        asked_.window = std::chrono::seconds(seconds_ > 0 ? seconds_ : quick_ ? 8 : 60);
        asked_.settle = quick_ ? 3s : 20s;
        asked_.rounds = rounds_ > 0 ? rounds_ : quick_ ? 1 : 3;
        asked_.cycles = cycles_ > 0 ? cycles_ : quick_ ? 300 : 10'000;
        const lab::interrupt_guard interrupts;
        const auto report = carry_out(here);
        if (!report) return report.error();
        if (const auto written = write_report(*report, out_, which_); !written)
            return written.error();
        std::string text = report->lead + "\n";
        for (const auto& section : report->sections)
            for (const auto& table : section.tables)
                text += "\n" + table_text(table, here.out);
        text += fmt::format("\n{}\n", fs::absolute(out_ / (which_ + ".html")).string());
        print_either(here, "lab_experiment", report->data, std::move(text));
        return verdict{};
    }

private:
    outcome<lab::model::report> carry_out(workplace& here) const {
        lab_progress shown(here.out);
        if (which_ == "heartbeat") return lab::heartbeat_experiment(asked_, here.around, shown);
        if (which_ == "telemetry") return lab::telemetry_experiment(asked_, here.around, shown);
        return lab::accounting_experiment(asked_, here.around, shown);
    }

    std::string which_;
    lab::experiment_request asked_;
    unsigned seconds_ = 0;
    unsigned rounds_ = 0;
    unsigned cycles_ = 0;
    bool quick_ = false;
    fs::path out_ = ".";
};

}  // namespace

std::unique_ptr<command> make_lab_run() {
    return std::make_unique<lab_run>();
}

std::unique_ptr<command> make_lab_measure() {
    return std::make_unique<lab_measure>();
}

std::unique_ptr<command> make_lab_report() {
    return std::make_unique<lab_report_command>();
}

std::unique_ptr<command> make_lab_experiment() {
    return std::make_unique<lab_experiment>();
}

}  // namespace meshhost::ctl
