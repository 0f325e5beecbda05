// SPDX-License-Identifier: Apache-2.0
// host_config: up to the first zero byte a file; after it, between further ones, --set texts.
#include "base/assert.hpp"
#include "base/bytes.hpp"
#include "base/utf8.hpp"
#include "config/config_key.hpp"
#include "config/config_loader.hpp"
#include "config/config_text.hpp"
#include "config/text_form.hpp"

#include <boost/json/serialize.hpp>

#include <algorithm>

using namespace meshhost;
using namespace meshhost::config;

namespace {

config_layers layers_of(std::string_view input) {
    const auto next_text = [&] {
        const std::string text(input.substr(0, input.find('\0')));
        input.remove_prefix(std::min(input.size(), text.size() + 1));
        return text;
    };
    config_layers layers;
    layers.files.push_back({"host.toml", next_text()});
    while (!input.empty())
        layers.sets.push_back(next_text());
    return layers;
}

void check_refusal(const config_failure& failure) {
    MH_ASSERT(!failure.problems.empty(), "a refusal has a reason");
    MH_ASSERT(failure.problems.size() <= config_problems_max + 1, "the list is bounded");
    for (const config_problem& problem : failure.problems) {
        const std::string line = problem_line(problem);
        MH_ASSERT(is_utf8(line), "a problem can be printed");
        MH_ASSERT(line.find('\n') == std::string::npos, "a problem is one line");
    }
}

host_config without_free_tables(host_config values) {
    for (plugin_config& plugin : values.plugin) {
        plugin.config.clear();
        plugin.config_origins.clear();
    }
    return values;
}

/// What is shown of a configuration, set again, makes the same one.
void check_round_trip(const loaded_config& loaded) {
    config_layers shown;
    for (const setting& setting : loaded.settings) {
        if (setting.key->rule.kind == value_kind::free_table) continue;
        shown.sets.push_back(setting.path + "=" + boost::json::serialize(setting.value));
    }
    const config_result again = load_config(shown);
    MH_ASSERT(again.has_value(), "what is shown can be set");
    MH_ASSERT(
        again->values == without_free_tables(loaded.values),
        "what is shown is what is in force"
    );
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const config_result loaded = load_config(layers_of(as_text(bytes_view(data, size))));
    if (loaded) {
        check_round_trip(*loaded);
    } else {
        check_refusal(loaded.error());
    }
    return 0;
}
