// SPDX-License-Identifier: Apache-2.0
#include "ctl/commands/commands.hpp"
#include "ctl/event_lines.hpp"
#include "ctl/fields.hpp"
#include "ctl/live_session.hpp"
#include "ctl/table_options.hpp"
#include "ctl/view_parts.hpp"
#include "ctl/words.hpp"
#include "http/envelope.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <optional>

#include <CLI/App.hpp>

namespace meshhost::ctl {

namespace {

constexpr std::size_t page_length = 4096;  // the most that the host gives at once
constexpr int pages_max = 64;              // ... and a journal has no more of them
constexpr std::size_t usual_limit = 100;
constexpr std::size_t usual_limit_before_following = 10;

/// What the journal has, page by page.
struct past {
    boost::json::array events;
    std::int64_t next = 0;
    bool is_truncated = false;  ///< the journal no longer has the first that were asked for
};

class events_command final : public command {
public:
    void declare(CLI::App& app) override {
        app.add_flag("-f,--follow", follow_, "go on with what happens, until Ctrl-C");
        app.add_option("--since", since_, "from this number on, which ndjson calls seq")
            ->check(CLI::NonNegativeNumber.description(""))
            ->type_name("SEQ");
        app.add_option("--types", types_, "only these: peer.state,plugin.state")
            ->type_name("TYPE,...");
        app.add_option("--limit", limit_, "this many at most, the latest ones [100, or 10 with -f]")
            ->check(CLI::NonNegativeNumber.description(""))
            ->type_name("N");
        options_.declare_where(app);
        options_.declare_columns(app);
    }

    bool can_write(output_format format) const override { return format != output_format::dot; }

    outcome<verdict> run(workplace& here) override;

private:
    outcome<void> check(const console& out) const;
    std::string path(std::int64_t since) const;
    outcome<past> read_past(const workplace& here) const;
    outcome<void> show_past(past from, console& out);
    outcome<verdict> follow(std::int64_t next, workplace& here);
    void show(const boost::json::object& event, console& out);
    bool is_wanted(const boost::json::object& event) const;
    std::size_t limit() const;

    bool follow_ = false;
    std::int64_t since_ = -1;
    std::int64_t limit_ = -1;
    std::string types_;
    table_options options_;
    std::optional<event_lines> lines_;
};

/// Of a word for a query: what a type is made of, and commas.
bool is_type_list(std::string_view text) {
    return text.find_first_not_of("abcdefghijklmnopqrstuvwxyz._,") == std::string_view::npos;
}

/// What is not shown, and why.
std::string total_text(const table_choice& choice) {
    const auto shown = choice.rows.size();
    const auto all = count_text(shown + choice.hidden + choice.cut, "event");
    if (choice.hidden + choice.cut == 0)
        return shown == 0 ? "no events: none of these has happened since the host started\n"
                          : all + "\n";
    std::vector<std::string> missing;
    if (choice.hidden > 0) missing.push_back(fmt::format("{} hidden by filter", choice.hidden));
    if (choice.cut > 0) missing.push_back(fmt::format("{} older than --limit", choice.cut));
    return fmt::format("{} of {} ({})\n", shown, all, joined(missing, ", "));
}

outcome<void> events_command::check(const console& out) const {
    if (follow_ && out.style().format == output_format::csv)
        return failure{
            exit_code::usage,
            "E_USAGE",
            "events that are followed do not come as CSV",
            "write -o ndjson"};
    if (!is_type_list(types_))
        return failure{
            exit_code::usage,
            "E_USAGE",
            "--types takes types, such as peer.state,plugin.state",
            "meshctl events shows which there are"};
    const auto columns = events_table({}).choose(options_);
    if (!columns) return columns.error();
    return {};
}

std::size_t events_command::limit() const {
    if (limit_ >= 0) return static_cast<std::size_t>(limit_);
    if (since_ >= 0) return page_length * pages_max;
    return follow_ ? usual_limit_before_following : usual_limit;
}

std::string events_command::path(std::int64_t since) const {
    auto path = fmt::format("/v1/events?since={}", since);
    if (!types_.empty()) path += "&types=" + types_;
    return path;
}

outcome<past> events_command::read_past(const workplace& here) const {
    past found;
    found.next = std::max<std::int64_t>(since_, 0);
    for (int page = 0; page < pages_max; ++page) {
        const auto envelope =
            here.api.get(fmt::format("{}&limit={}", path(found.next), page_length));
        if (!envelope) return envelope.error();
        const auto& data = object_in(*envelope, "data");
        const auto& events = array_in(data, "events");
        const bool is_asked_for = since_ > 0 && page == 0;
        const auto* truncated = data.if_contains("truncated");
        if (is_asked_for && truncated != nullptr && *truncated == boost::json::value(true))
            found.is_truncated = true;
        found.events.insert(found.events.end(), events.begin(), events.end());
        found.next = number_in(data, "next_seq").value_or(found.next);
        if (events.size() < page_length) break;
    }
    return found;
}

outcome<void> events_command::show_past(past from, console& out) {
    if (from.is_truncated)
        out.print_note(fmt::format("the journal no longer has event {}", since_));
    const auto table = events_table(from.events);
    auto choice = table.choose(options_);
    if (!choice) return choice.error();
    auto& rows = choice->rows;
    choice->cut = rows.size() - std::min(rows.size(), limit());
    rows.erase(rows.begin(), rows.begin() + static_cast<std::ptrdiff_t>(choice->cut));
    if (out.style().format == output_format::csv) {
        out.print(table.csv(*choice, options_, out));
        return {};
    }
    boost::json::array events;
    for (const auto row : rows)
        events.push_back(from.events[row]);
    if (out.style().format == output_format::json && !follow_) {
        out.print(http::make_envelope(
            "events",
            {{"events", std::move(events)},
             {"next_seq", from.next},
             {"truncated", from.is_truncated}}
        ));
        return {};
    }
    for (const auto& event : events)
        if (event.is_object()) show(event.get_object(), out);
    if (out.is_text() && !follow_ && !out.style().quiet) out.print(total_text(*choice));
    return {};
}

void events_command::show(const boost::json::object& event, console& out) {
    if (out.is_text())
        out.print(lines_->line(event));
    else
        out.print(event);
}

/// Whether an event that came is one that is wanted; a gap always is.
bool events_command::is_wanted(const boost::json::object& event) const {
    if (options_.where.empty() || text_in(event, "type") == "gap") return true;
    const auto choice = events_table({event}).choose(options_);
    return choice && !choice->rows.empty();
}

outcome<verdict> events_command::follow(std::int64_t next, workplace& here) {
    auto live = live_session::open(0s, false);
    if (!live) return live.error();
    const auto take = [&](const boost::json::object& line) {
        if (is_wanted(line)) show(line, here.out);
        return here.out.wrote_all();
    };
    const auto go_on = [&] { return live->take().kind != live_news::interrupted; };
    const http::side_input aside[] = {{live->descriptor(), go_on}};
    const auto patience = http::stream_timing::for_ever;
    const auto done = here.api.follow(path(next) + "&follow=true", patience, take, aside);
    if (!done) return done.error();
    return verdict{exit_code::interrupted};
}

outcome<verdict> events_command::run(workplace& here) {
    lines_.emplace(here.out);
    if (const auto fine = check(here.out); !fine) return fine.error();
    auto found = read_past(here);
    if (!found) return found.error();
    const auto next = found->next;
    if (const auto shown = show_past(std::move(*found), here.out); !shown) return shown.error();
    if (follow_) return follow(next, here);
    return verdict{};
}

}  // namespace

std::unique_ptr<command> make_events() {
    return std::make_unique<events_command>();
}

}  // namespace meshhost::ctl
