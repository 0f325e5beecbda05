// SPDX-License-Identifier: Apache-2.0
#pragma once
// Commands that ask for a list and show it as a table.
#include "ctl/command.hpp"
#include "ctl/table_view.hpp"

#include <boost/json/object.hpp>

#include <string>

namespace meshhost::ctl {

/// A GET of the local API whose answer has a list.
struct listing {
    const char* path;
    const char* list;  ///< the array in "data" whose items are the rows
    const char* item;  ///< the schema of one: "peer"
    /// A row for every item, in their order.
    table_view (*tabulate)(const boost::json::object& data);
    const char* why_empty;
};

/// Prints the list in `envelope` in any format; JSON has the same rows in the same order, whole.
outcome<void> print_listing(
    const listing& about,
    const boost::json::object& envelope,
    const table_options& options,
    console& out
);

/// As above, of a table that was made and chosen from already.
void print_choice(
    const listing& about,
    const boost::json::object& envelope,
    const table_view& table,
    const table_choice& choice,
    const table_options& options,
    console& out
);

class listing_command final : public command {
public:
    explicit listing_command(const listing& about)
        : about_(about) {}

    void declare(CLI::App& app) override { options_.declare(app, true); }
    bool can_write(output_format format) const override;
    outcome<verdict> run(workplace& here) override;

private:
    outcome<void> ask_once(workplace& here) const;

    const listing& about_;
    table_options options_;
};

}  // namespace meshhost::ctl
