// SPDX-License-Identifier: Apache-2.0
#include "ctl/option_types.hpp"

#include "config/duration_text.hpp"

#include <CLI/App.hpp>

namespace meshhost::ctl {

CLI::Option* add_duration(
    CLI::App& app,
    const std::string& name,
    duration& out,
    const std::string& description,
    bool or_zero
) {
    const auto read = [&out, or_zero](const std::string& text) {
        const auto value = config::parse_duration(text);
        if (!value || (!or_zero && *value == duration::zero()))
            throw CLI::ValidationError("\"" + text + "\" is no duration; write 250ms, 5s or 2m");
        out = *value;
    };
    return app.add_option_function<std::string>(name, read, description)
        ->type_name("TIME")
        ->default_str(config::format_duration(out));
}

}  // namespace meshhost::ctl
