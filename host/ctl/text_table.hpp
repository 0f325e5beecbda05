// SPDX-License-Identifier: Apache-2.0
#pragma once
// Rows of text in columns as wide as their widest cell.
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

    /// Precondition: as many cells as there are columns. Control characters become '?'.
    void add(std::vector<std::string> cells);

    /// Two spaces between columns, none at the ends of lines.
    std::string to_string(bool with_header) const;

private:
    std::string line(const std::vector<std::string>& cells) const;

    std::vector<column> columns_;
    std::vector<std::size_t> widths_;
    std::vector<std::vector<std::string>> rows_;
};

}  // namespace meshhost::ctl
