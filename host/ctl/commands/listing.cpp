// SPDX-License-Identifier: Apache-2.0
#include "ctl/commands/listing.hpp"

#include "ctl/fields.hpp"
#include "ctl/live_session.hpp"

#include <fmt/format.h>

namespace meshhost::ctl {

namespace {

constexpr const char* clear_screen = "\x1b[H\x1b[2J\x1b[3J";

boost::json::array chosen_items(const boost::json::array& items, const table_choice& choice) {
    boost::json::array chosen;
    for (const auto i : choice.rows)
        chosen.push_back(items[i]);
    return chosen;
}

void print_lines(const boost::json::array& items, const char* item, console& out) {
    for (const auto& each : items) {
        if (!each.is_object()) continue;
        boost::json::object line{{"schema", fmt::format("meshhost.{}/1", item)}};
        for (const auto& [key, value] : each.get_object())
            line[key] = value;
        out.print(line);
    }
}

}  // namespace

void print_choice(
    const listing& about,
    const boost::json::object& envelope,
    const table_view& table,
    const table_choice& choice,
    const table_options& options,
    console& out
) {
    if (out.is_text() && table.size() == 0) return out.print(about.why_empty);
    if (out.is_text()) return out.print(table.text(choice, options, out));
    if (out.style().format == output_format::csv) return out.print(table.csv(choice, options, out));
    auto items = chosen_items(array_in(object_in(envelope, "data"), about.list), choice);
    if (out.style().format == output_format::ndjson) return print_lines(items, about.item, out);
    auto answer = envelope;
    if (auto* rest = answer["data"].if_object()) (*rest)[about.list] = std::move(items);
    out.print(answer);
}

outcome<void> print_listing(
    const listing& about,
    const boost::json::object& envelope,
    const table_options& options,
    console& out
) {
    const auto table = about.tabulate(object_in(envelope, "data"));
    const auto choice = table.choose(options);
    if (!choice) return choice.error();
    print_choice(about, envelope, table, *choice, options, out);
    return {};
}

bool listing_command::can_write(output_format format) const {
    return format != output_format::dot;
}

outcome<void> listing_command::ask_once(workplace& here) const {
    const auto envelope = here.api.get(about_.path);
    if (!envelope) return envelope.error();
    return print_listing(about_, *envelope, options_, here.out);
}

outcome<verdict> listing_command::run(workplace& here) {
    if (!options_.watch) {
        if (const auto shown = ask_once(here); !shown) return shown.error();
        return verdict{};
    }
    auto live = live_session::open(0s, false);
    if (!live) return live.error();
    do {
        if (here.out.is_text() && here.out.style().is_terminal) here.out.print(clear_screen);
        if (const auto shown = ask_once(here); !shown) return shown.error();
    } while (here.out.wrote_all() && live->sleep(*options_.watch));
    return verdict{exit_code::interrupted};
}

}  // namespace meshhost::ctl
