// SPDX-License-Identifier: Apache-2.0
#pragma once
// Rows of text in columns as wide as their widest cell.
#include "ctl/console.hpp"

#include <cstdint>
#include <string>
#include <vector>

namespace meshhost::ctl {

enum class align : std::uint8_t { left, right };

class text_table {
public:
    struct column {
        std::string title;
        align side = align::left;
    };

    explicit text_table(std::vector<column> columns);

    /// Precondition: as many cells as there are columns, and as many tones or none. Control
    /// characters become '?'.
    void add(std::vector<std::string> cells, std::vector<tone> tones = {});

    /// Two spaces between columns, none at the ends of lines. With a console, in its colours.
    std::string to_string(bool with_header, const console* out = nullptr) const;

private:
    struct row {
        std::vector<std::string> cells;
        std::vector<tone> tones;
    };

    std::string line(const row& from, const console* out) const;

    std::vector<column> columns_;
    std::vector<std::size_t> widths_;
    std::vector<row> rows_;
};

}  // namespace meshhost::ctl
