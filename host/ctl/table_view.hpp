// SPDX-License-Identifier: Apache-2.0
#pragma once
// A list of things as a table: filtered, sorted, cut to the columns that are wanted, with a total
// that adds up. Pure.
#include "ctl/console.hpp"
#include "ctl/table_options.hpp"
#include "ctl/text_table.hpp"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace meshhost::ctl {

struct table_column {
    std::string key;  ///< what options call it; its title is this in capitals
    align side = align::left;
    bool is_usual = true;   ///< shown without being asked for
    std::string unit = {};  ///< of its numbers in CSV: "rtt_ms"
};

struct table_cell {
    std::string text;
    std::optional<double> number = {};  ///< what it is sorted by, and what CSV has
    tone kind = tone::plain;
};

/// Which rows are left, by the order in which they were added, and where the others went.
struct table_choice {
    std::vector<std::size_t> rows;
    std::size_t hidden = 0;  ///< by a filter
    std::size_t cut = 0;     ///< by the limit
};

class table_view {
public:
    /// `noun` is what a row is, "peer". The total counts the rows by `counted`, the key of a
    /// column, unless that is empty.
    table_view(std::string noun, std::string counted, std::vector<table_column> columns);

    /// Precondition: as many cells as there are columns.
    void add(std::vector<table_cell> cells);

    std::size_t size() const noexcept { return rows_.size(); }

    /// Errors: E_USAGE for columns that there are not, with "did you mean".
    outcome<table_choice> choose(const table_options& options) const;

    // Preconditions: `choice` came from choose() with the same options.
    /// For people: titles, rows and total. Columns in which nothing is said are left out.
    std::string text(const table_choice& choice, const table_options& options, const console& out)
        const;
    /// RFC 4180, with a header; units are in the column's name.
    std::string csv(const table_choice& choice, const table_options& options, const console& out)
        const;

private:
    using row = std::vector<table_cell>;
    struct condition {
        std::size_t column;
        std::vector<std::string> values;  ///< in lower case; one of them
        bool is_wanted;
    };
    struct order {
        std::size_t column;
        bool is_descending;
    };

    outcome<std::size_t> find_column(std::string_view key) const;
    outcome<condition> read_condition(std::string_view text) const;
    outcome<std::vector<order>> read_order(std::string_view text) const;
    outcome<std::vector<std::size_t>> read_columns(std::string_view text) const;
    bool has_text(std::size_t column, const table_choice& choice) const;
    std::string total(const table_choice& choice, const table_options& options, const console& out)
        const;
    std::string counts(const table_choice& choice) const;

    std::string noun_;
    std::string counted_;
    std::vector<table_column> columns_;
    std::vector<row> rows_;
};

}  // namespace meshhost::ctl
