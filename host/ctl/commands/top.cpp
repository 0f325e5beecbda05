// SPDX-License-Identifier: Apache-2.0
#include "ctl/commands/commands.hpp"
#include "ctl/fields.hpp"
#include "ctl/live_session.hpp"
#include "ctl/option_types.hpp"
#include "ctl/table_options.hpp"
#include "ctl/view_top.hpp"
#include "http/envelope.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <thread>

#include <CLI/App.hpp>

namespace meshhost::ctl {

namespace {

constexpr duration interval_min = 250ms;
constexpr duration interval_max = 60s;
constexpr int silent_rounds = 3;  // before a host counts as silent
constexpr int forgotten_rounds = 20;

/// All of the usual ones, so that none comes and goes with what is in it.
constexpr const char* live_columns = "node,state,cpu,trend,ram,rx,tx,msgs,dup,tree,rtt,note";

time_point now() {
    return time_point(std::chrono::steady_clock::now().time_since_epoch());
}

/// The terminal while it is drawn on: a screen of its own, without a cursor.
class drawn_screen {
public:
    explicit drawn_screen(console& out)
        : out_(out) {
        out_.print("\x1b[?1049h\x1b[?25l\x1b[?7l");
    }
    drawn_screen(const drawn_screen&) = delete;
    drawn_screen& operator=(const drawn_screen&) = delete;
    ~drawn_screen() { out_.print("\x1b[?7h\x1b[?25h\x1b[?1049l"); }

private:
    console& out_;
};

class top_command final : public command {
public:
    void declare(CLI::App& app) override {
        add_duration(app, "-i,--interval", interval_, "time between two looks, 250ms to 1m");
        app.add_flag("--once", once_, "one table of rates over one interval, and end");
        options_.declare(app, false);
    }

    bool can_write(output_format format) const override { return format != output_format::dot; }

    outcome<verdict> run(workplace& here) override;

private:
    outcome<void> check(const workplace& here) const;
    outcome<verdict> pass_on(workplace& here) const;
    outcome<verdict> look_once(workplace& here);
    outcome<verdict> look_on(workplace& here);
    outcome<boost::json::array> take_round(const workplace& here);
    outcome<void> show_table(console& out) const;
    outcome<std::string> picture(const console& out) const;
    bool on_input(live_session& live, console& out);
    void draw(console& out);

    std::string path() const {
        return fmt::format("/v1/mesh/meters?follow=true&interval_ms={}", interval_ / 1ms);
    }
    std::string sorted_by() const { return options_.sort.empty() ? "node" : options_.sort; }
    duration patience(const workplace& here) const { return interval_ + here.options.timeout * 2; }

    duration interval_ = 1s;
    bool once_ = false;
    table_options options_;

    top_model model_;
    std::string mesh_;
    exit_code end_ = exit_code::ok;
};

outcome<void> top_command::check(const workplace& here) const {
    if (!here.options.via.empty())
        return failure{
            exit_code::usage,
            "E_USAGE",
            "the local host asks all others, and no other host does so for it",
            "leave --via out"};
    if (interval_ >= interval_min && interval_ <= interval_max) return {};
    return failure{exit_code::usage, "E_USAGE", "--interval is out of range", "write 250ms to 1m"};
}

outcome<verdict> top_command::run(workplace& here) {
    if (const auto fine = check(here); !fine) return fine.error();
    const auto format = here.out.style().format;
    if (format == output_format::ndjson && !once_) return pass_on(here);
    const auto status = here.api.get("/v1/status");
    if (!status) return status.error();
    mesh_ = text_in(object_in(object_in(*status, "data"), "mesh"), "name");
    const bool is_live = here.out.is_text() && here.out.style().is_terminal && !once_;
    return is_live ? look_on(here) : look_once(here);
}

/// The lines of the host as they come, until Ctrl-C.
outcome<verdict> top_command::pass_on(workplace& here) const {
    auto live = live_session::open(0s, false);
    if (!live) return live.error();
    const auto show = [&](const boost::json::object& line) {
        here.out.print(line);
        return here.out.wrote_all();
    };
    const auto go_on = [&] { return live->take().kind != live_news::interrupted; };
    const http::side_input aside[] = {{live->descriptor(), go_on}};
    const auto done = here.api.follow(path(), patience(here), show, aside);
    if (!done) return done.error();
    return verdict{exit_code::interrupted};
}

/// Every host once.
outcome<boost::json::array> top_command::take_round(const workplace& here) {
    boost::json::array lines;
    const auto take = [&](const boost::json::object& line) {
        model_.take(line, now());
        lines.push_back(line);
        return lines.size() < top_hosts_max;
    };
    const auto done = here.api.lines("/v1/mesh/meters", patience(here), take);
    if (!done) return done.error();
    return lines;
}

/// Tables have rates, which take two rounds; JSON has what the hosts said.
outcome<verdict> top_command::look_once(workplace& here) {
    if (const auto fine = picture(here.out); !fine) return fine.error();
    auto lines = take_round(here);
    if (!lines) return lines.error();
    if (here.out.style().format == output_format::json) {
        here.out.print(http::make_envelope("mesh_meters", {{"hosts", std::move(*lines)}}));
        return verdict{};
    }
    if (here.out.is_json()) {
        for (const auto& line : *lines)
            here.out.print(line.as_object());
        return verdict{};
    }
    std::this_thread::sleep_for(interval_);
    if (const auto second = take_round(here); !second) return second.error();
    if (const auto shown = show_table(here.out); !shown) return shown.error();
    return verdict{};
}

outcome<void> top_command::show_table(console& out) const {
    if (out.is_text()) {
        const auto text = picture(out);
        if (!text) return text.error();
        out.print(*text);
        return {};
    }
    const auto table = top_table(model_.rows(now()), interval_ * silent_rounds, out);
    const auto choice = table.choose(options_);
    if (!choice) return choice.error();
    out.print(table.csv(*choice, options_, out));
    return {};
}

outcome<verdict> top_command::look_on(workplace& here) {
    if (options_.columns.empty()) options_.columns = live_columns;
    if (const auto fine = picture(here.out); !fine) return fine.error();
    auto live = live_session::open(std::min<duration>(interval_, 500ms), true);
    if (!live) return live.error();
    const auto take = [&](const boost::json::object& line) {
        model_.take(line, now());
        return true;
    };
    const auto look = [&] { return on_input(*live, here.out); };
    const http::side_input aside[] = {{live->descriptor(), look}};
    const drawn_screen screen(here.out);
    const auto done = here.api.follow(path(), patience(here), take, aside);
    if (!done) return done.error();
    return verdict{end_};
}

/// False ends it.
bool top_command::on_input(live_session& live, console& out) {
    const auto input = live.take();
    if (input.kind == live_news::interrupted) {
        end_ = exit_code::interrupted;
        return false;
    }
    if (input.kind == live_news::key && (input.key == 'q' || input.key == 'Q')) return false;
    if (input.kind == live_news::key && (input.key == 's' || input.key == 'S'))
        options_.sort = next_top_order(sorted_by());
    if (input.kind != live_news::none) draw(out);
    return out.wrote_all();
}

/// Errors: E_USAGE for columns that there are not.
outcome<std::string> top_command::picture(const console& out) const {
    const auto table = top_table(model_.rows(now()), interval_ * silent_rounds, out);
    const auto choice = table.choose(options_);
    if (!choice) return choice.error();
    auto text = out.style().quiet ? "" : top_header(mesh_, model_.totals(now()), out);
    return text + table.text(*choice, options_, out);
}

void top_command::draw(console& out) {
    model_.forget_before(now() - interval_ * forgotten_rounds);
    const auto text = picture(out);
    if (!text) return;
    const auto window = current_window();
    const auto keys = out.tinted(fmt::format("q quit, s sort (by {})", sorted_by()), tone::faint);
    out.print(
        screen_text(*text, window.columns, window.rows - std::min<std::size_t>(window.rows, 1))
        + "\r\n" + keys
    );
}

}  // namespace

std::unique_ptr<command> make_top() {
    return std::make_unique<top_command>();
}

}  // namespace meshhost::ctl
