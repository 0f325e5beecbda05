// SPDX-License-Identifier: Apache-2.0
#include "ctl/table_view.hpp"

#include "base/assert.hpp"
#include "base/near_miss.hpp"
#include "ctl/table_words.hpp"
#include "ctl/terminal_text.hpp"
#include "ctl/words.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <numeric>
#include <utility>

namespace meshhost::ctl {

namespace {

failure usage(std::string message, std::string hint) {
    return {exit_code::usage, "E_USAGE", std::move(message), std::move(hint)};
}

/// Less than 0, 0 or more than 0. Cells that say nothing come last, whichever way they are sorted.
int compare(const table_cell& a, const table_cell& b, bool is_descending) {
    const bool is_a_empty = a.text.empty() && !a.number;
    const bool is_b_empty = b.text.empty() && !b.number;
    if (is_a_empty || is_b_empty) return (is_a_empty ? 1 : 0) - (is_b_empty ? 1 : 0);
    const int order = a.number && b.number
                          ? (*a.number < *b.number ? -1 : (*b.number < *a.number ? 1 : 0))
                          : a.text.compare(b.text);
    return is_descending ? -order : order;
}

}  // namespace

table_view::table_view(std::string noun, std::string counted, std::vector<table_column> columns)
    : noun_(std::move(noun))
    , counted_(std::move(counted))
    , columns_(std::move(columns)) {}

void table_view::add(std::vector<table_cell> cells) {
    MH_ASSERT(cells.size() == columns_.size(), "a cell for every column");
    for (auto& cell : cells)
        cell.text = printable(cell.text);
    rows_.push_back(std::move(cells));
}

outcome<std::size_t> table_view::find_column(std::string_view key) const {
    const auto wanted = lower_case(key);
    std::vector<std::string> known;
    for (std::size_t i = 0; i < columns_.size(); ++i) {
        if (columns_[i].key == wanted) return i;
        known.push_back(columns_[i].key);
    }
    auto message = fmt::format("there is no column \"{}\"", printable(key));
    if (const auto meant = nearest(wanted, known))
        message += fmt::format("; did you mean \"{}\"?", *meant);
    return usage(std::move(message), fmt::format("columns: {}", fmt::join(known, ", ")));
}

outcome<table_view::condition> table_view::read_condition(std::string_view text) const {
    const bool is_wanted = !text.starts_with('-');
    if (!is_wanted) text.remove_prefix(1);
    const auto colon = text.find(':');
    if (colon == std::string_view::npos)
        return usage(
            fmt::format("\"{}\" is no condition", printable(text)),
            "write --where COLUMN:VALUE or --where -COLUMN:VALUE"
        );
    const auto column = find_column(text.substr(0, colon));
    if (!column) return column.error();
    return condition{*column, split_list(lower_case(text.substr(colon + 1))), is_wanted};
}

outcome<std::vector<table_view::order>> table_view::read_order(std::string_view text) const {
    std::vector<order> orders;
    if (text.empty()) return orders;
    for (const auto& each : split_list(text)) {
        std::string_view key = each;
        const bool is_descending = key.starts_with('-');
        if (is_descending) key.remove_prefix(1);
        const auto column = find_column(key);
        if (!column) return column.error();
        orders.push_back({*column, is_descending});
    }
    return orders;
}

outcome<std::vector<std::size_t>> table_view::read_columns(std::string_view text) const {
    std::vector<std::size_t> chosen;
    if (text.empty() || text == "all") {
        for (std::size_t i = 0; i < columns_.size(); ++i)
            if (columns_[i].is_usual || !text.empty()) chosen.push_back(i);
        return chosen;
    }
    for (const auto& key : split_list(text)) {
        const auto column = find_column(key);
        if (!column) return column.error();
        chosen.push_back(*column);
    }
    return chosen;
}

outcome<table_choice> table_view::choose(const table_options& options) const {
    std::vector<condition> conditions;
    for (const auto& text : options.where) {
        auto read = read_condition(text);
        if (!read) return read.error();
        conditions.push_back(std::move(*read));
    }
    const auto orders = read_order(options.sort);
    if (!orders) return orders.error();
    if (const auto columns = read_columns(options.columns); !columns) return columns.error();

    table_choice choice;
    for (std::size_t i = 0; i < rows_.size(); ++i) {
        const bool holds = std::all_of(conditions.begin(), conditions.end(), [&](auto& each) {
            return has_word(rows_[i][each.column].text, each.values) == each.is_wanted;
        });
        if (holds) choice.rows.push_back(i);
    }
    choice.hidden = rows_.size() - choice.rows.size();
    std::stable_sort(choice.rows.begin(), choice.rows.end(), [&](auto a, auto b) {
        for (const auto& by : *orders)
            if (const int sign =
                    compare(rows_[a][by.column], rows_[b][by.column], by.is_descending))
                return sign < 0;
        return false;
    });
    if (options.limit > 0 && choice.rows.size() > options.limit) {
        choice.cut = choice.rows.size() - options.limit;
        choice.rows.resize(options.limit);
    }
    return choice;
}

bool table_view::has_text(std::size_t column, const table_choice& choice) const {
    return std::any_of(choice.rows.begin(), choice.rows.end(), [&](std::size_t i) {
        return !rows_[i][column].text.empty();
    });
}

std::string table_view::text(
    const table_choice& choice,
    const table_options& options,
    const console& out
) const {
    auto chosen = read_columns(options.columns).value();
    if (options.columns.empty())
        std::erase_if(chosen, [&](std::size_t column) { return !has_text(column, choice); });
    std::vector<text_table::column> titles;
    for (const auto column : chosen)
        titles.push_back({upper_case(columns_[column].key), columns_[column].side});
    text_table table(std::move(titles));
    for (const auto i : choice.rows) {
        std::vector<std::string> texts;
        std::vector<tone> tones;
        for (const auto column : chosen) {
            texts.push_back(rows_[i][column].text);
            tones.push_back(rows_[i][column].kind);
        }
        table.add(std::move(texts), std::move(tones));
    }
    return (choice.rows.empty() ? std::string() : table.to_string(out.style().header, &out))
           + total(choice, options, out);
}

std::string table_view::csv(
    const table_choice& choice,
    const table_options& options,
    const console& out
) const {
    const auto chosen = read_columns(options.columns).value();
    std::string text;
    std::vector<std::string> cells;
    for (const auto column : chosen) {
        const auto& [key, side, is_usual, unit] = columns_[column];
        cells.push_back(csv_cell(unit.empty() ? key : key + "_" + unit));
    }
    if (out.style().header) text = fmt::format("{}\r\n", fmt::join(cells, ","));
    for (const auto i : choice.rows) {
        cells.clear();
        for (const auto column : chosen) {
            const auto& cell = rows_[i][column];
            cells.push_back(cell.number ? csv_number(*cell.number) : csv_cell(cell.text));
        }
        text += fmt::format("{}\r\n", fmt::join(cells, ","));
    }
    return text;
}

/// ": 2 alive, 1 dead" of the rows that are shown.
std::string table_view::counts(const table_choice& choice) const {
    const auto column = find_column(counted_);
    if (!column || choice.rows.empty()) return "";
    std::vector<std::pair<std::string, std::size_t>> found;
    for (const auto i : choice.rows) {
        const auto& value = rows_[i][*column].text;
        const auto at = std::find_if(found.begin(), found.end(), [&](const auto& each) {
            return each.first == value;
        });
        if (at == found.end())
            found.emplace_back(value, 1);
        else
            ++at->second;
    }
    std::vector<std::string> parts;
    for (const auto& [value, count] : found)
        parts.push_back(fmt::format("{} {}", count, value.empty() ? "not known" : value));
    return fmt::format(": {}", fmt::join(parts, ", "));
}

std::string table_view::total(
    const table_choice& choice,
    const table_options& options,
    const console& out
) const {
    if (out.style().quiet) return "";
    const auto all = count_text(rows_.size(), noun_);
    const auto conditions = printable(fmt::format("{}", fmt::join(options.where, " ")));
    if (choice.rows.empty() && choice.hidden > 0)
        return fmt::format("none of {} matches `{}`\n", all, conditions);
    if (choice.hidden == 0 && choice.cut == 0) return fmt::format("{}{}\n", all, counts(choice));
    std::vector<std::string> missing;
    if (choice.hidden > 0) missing.push_back(fmt::format("{} hidden by filter", choice.hidden));
    if (choice.cut > 0) missing.push_back(fmt::format("{} more than --limit", choice.cut));
    return fmt::format(
        "{} of {}{} ({}){}\n",
        choice.rows.size(),
        all,
        choice.hidden > 0 ? fmt::format(" match `{}`", conditions) : "",
        fmt::join(missing, ", "),
        counts(choice)
    );
}

}  // namespace meshhost::ctl
