// SPDX-License-Identifier: Apache-2.0
#include "check/description.hpp"

#include "check/child.hpp"
#include "plugin/abi_check.hpp"
#include "plugin/plugin_library.hpp"
#include "plugin/proto/limits.hpp"

#include <boost/json/array.hpp>
#include <boost/json/parse.hpp>
#include <spdlog/fmt/fmt.h>

#include <algorithm>
#include <utility>

namespace meshhost::check {

namespace json = boost::json;

namespace {

/// The text of the note has lines of key=value.
std::string note_value(const plugin::plugin_file& file, std::string_view key) {
    if (!file.note) return {};
    std::string_view text = file.note->text;
    while (!text.empty()) {
        std::string_view line = text.substr(0, text.find('\n'));
        text.remove_prefix(std::min(text.size(), line.size() + 1));
        if (line.starts_with(key) && line.substr(key.size()).starts_with('='))
            return std::string(line.substr(key.size() + 1));
    }
    return {};
}

}  // namespace

bool is_foreign(std::string_view code) noexcept {
    return code == "MP001" || code == "MP003" || code == "MP010" || code == "MP011";
}

description describe_plugin(const std::string& path) {
    description described;
    auto image = plugin::sealed_image::copy_of(path);
    const auto refuse = [&](const plugin::plugin_fault& why) {
        described.refused = why.code + " " + why.text;
        described.is_plugin = !is_foreign(why.code);
        return described;
    };
    if (!image) return refuse(image.error());
    const auto file = plugin::read_plugin_file(image->bytes());
    if (const auto fit = plugin::check_file(file); !fit) return refuse(fit.error());
    const auto outcome = run(
        {.name = "describe",
         .path = path,
         .role = "-",
         .seed = 1,
         .limit = plugin::proto::probe_limit}
    );
    if (const auto refused = outcome.all("refused"); !refused.empty()) {
        described.refused = refused.front();
        return described;
    }
    if (!outcome.is_done) {
        described.refused =
            outcome.was_in_time
                ? fmt::format("MP202 crashed in {} with {}", outcome.step, outcome.ending)
                : fmt::format("MP201 did not finish {} in time", outcome.step);
        return described;
    }
    json::array roles;
    for (const auto& line : outcome.all("role")) {
        boost::system::error_code broken;
        auto role = json::parse(line, broken);
        if (!broken && role.is_object()) roles.push_back(std::move(role));
    }
    described.about = {{"path", path}, {"roles", std::move(roles)}};
    if (file.note) {
        described.about["abi"] =
            fmt::format("{}.{}", file.note->abi.major, file.note->abi.minor_built);
        described.about["sdk"] = note_value(file, "sdk");
    }
    return described;
}

}  // namespace meshhost::check
