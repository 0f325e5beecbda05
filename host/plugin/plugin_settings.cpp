// SPDX-License-Identifier: Apache-2.0
#include "plugin/plugin_settings.hpp"

#include <system_error>

namespace meshhost::plugin {

std::string resolve_plugin(const std::string& argument, const std::filesystem::path& directory) {
    if (argument.find('/') != std::string::npos) return argument;
    const std::filesystem::path exact = directory / argument;
    const std::filesystem::path suffixed = directory / (argument + ".so");
    std::error_code ignored;
    if (!std::filesystem::is_regular_file(exact, ignored) && !argument.ends_with(".so")) {
        return suffixed.string();
    }
    return exact.string();
}

}  // namespace meshhost::plugin
