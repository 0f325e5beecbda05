// SPDX-License-Identifier: Apache-2.0
#include "ctl/text_table.hpp"

#include "base/assert.hpp"
#include "ctl/terminal_text.hpp"

#include <algorithm>

namespace meshhost::ctl {

text_table::text_table(std::vector<column> columns)
    : columns_(std::move(columns)) {
    for (const auto& each : columns_)
        widths_.push_back(display_width(each.title));
}

void text_table::add(std::vector<std::string> cells, std::vector<tone> tones) {
    MH_ASSERT(cells.size() == columns_.size(), "a cell for every column");
    tones.resize(cells.size(), tone::plain);
    for (std::size_t i = 0; i < cells.size(); ++i) {
        cells[i] = printable(cells[i]);
        widths_[i] = std::max(widths_[i], display_width(cells[i]));
    }
    rows_.push_back({std::move(cells), std::move(tones)});
}

std::string text_table::to_string(bool with_header, const console* out) const {
    std::string text;
    if (with_header) {
        row titles;
        for (const auto& each : columns_)
            titles.cells.push_back(each.title);
        titles.tones.resize(columns_.size(), tone::plain);
        text += line(titles, out);
    }
    for (const auto& each : rows_)
        text += line(each, out);
    return text;
}

std::string text_table::line(const row& from, const console* out) const {
    std::string text;
    std::string padding;  // before the next cell that says something: none at the end
    for (std::size_t i = 0; i < from.cells.size(); ++i) {
        const auto& cell = from.cells[i];
        const std::string rest(widths_[i] - display_width(cell), ' ');
        if (i > 0) padding += "  ";
        if (columns_[i].side == align::right) padding += rest;
        if (!cell.empty()) {
            text += padding;
            text += out != nullptr ? out->tinted(cell, from.tones[i]) : cell;
            padding.clear();
        }
        if (columns_[i].side == align::left) padding += rest;
    }
    return text + "\n";
}

}  // namespace meshhost::ctl
