// SPDX-License-Identifier: Apache-2.0
#include "ctl/table_options.hpp"

#include "config/duration_text.hpp"

#include <CLI/App.hpp>

namespace meshhost::ctl {

namespace {

constexpr duration watch_min = 100ms;

duration read_interval(const std::string& text) {
    const auto value = config::parse_duration(text);
    if (!value || *value < watch_min)
        throw CLI::ValidationError(
            "\"" + text + "\" is no time to wait; write 1s or 500ms, at least 100ms"
        );
    return *value;
}

}  // namespace

void table_options::declare_where(CLI::App& app) {
    app.add_option(
           "--where",
           where,
           "only rows with a word in COLUMN that begins with VALUE; -COLUMN:VALUE only the others"
    )
        ->type_name("COLUMN:VALUE")
        ->allow_extra_args(false);
}

void table_options::declare_columns(CLI::App& app) {
    app.add_option("--columns", columns, "these columns only, or all")->type_name("COLUMN,...");
}

void table_options::declare(CLI::App& app, bool watchable) {
    declare_where(app);
    app.add_option("--sort", sort, "by these columns; -COLUMN from the greatest down")
        ->type_name("COLUMN,...");
    declare_columns(app);
    app.add_option("--limit", limit, "this many rows at most")
        ->check(CLI::Range(1, 1'000'000).description(""))
        ->type_name("N");
    if (!watchable) return;
    app.add_option_function<std::string>(
           "--watch",
           [this](const std::string& text) { watch = read_interval(text); },
           "again and again, until Ctrl-C"
    )
        ->type_name("TIME")
        ->expected(0, 1)
        ->default_str("1s");
}

}  // namespace meshhost::ctl
