// SPDX-License-Identifier: Apache-2.0
#include "ctl/text_table.hpp"

#include "base/assert.hpp"
#include "ctl/words.hpp"

#include <algorithm>

namespace meshhost::ctl {

text_table::text_table(std::vector<column> columns)
    : columns_(std::move(columns)) {
    for (const auto& each : columns_)
        widths_.push_back(display_width(each.title));
}

void text_table::add(std::vector<std::string> cells) {
    MH_ASSERT(cells.size() == columns_.size(), "a cell for every column");
    for (std::size_t i = 0; i < cells.size(); ++i) {
        cells[i] = printable(cells[i]);
        widths_[i] = std::max(widths_[i], display_width(cells[i]));
    }
    rows_.push_back(std::move(cells));
}

std::string text_table::to_string(bool with_header) const {
    std::string text;
    if (with_header) {
        std::vector<std::string> titles;
        for (const auto& each : columns_)
            titles.push_back(each.title);
        text += line(titles);
    }
    for (const auto& row : rows_)
        text += line(row);
    return text;
}

std::string text_table::line(const std::vector<std::string>& cells) const {
    std::string text;
    for (std::size_t i = 0; i < cells.size(); ++i) {
        const std::string padding(widths_[i] - display_width(cells[i]), ' ');
        if (i > 0) text += "  ";
        text += columns_[i].side == align::left ? cells[i] + padding : padding + cells[i];
    }
    text.erase(text.find_last_not_of(' ') + 1);
    return text + "\n";
}

}  // namespace meshhost::ctl
