// SPDX-License-Identifier: Apache-2.0
#include "config/surroundings.hpp"

#include <unistd.h>

#include <algorithm>
#include <array>
#include <climits>
#include <cstdlib>
#include <pwd.h>
#include <system_error>

namespace meshhost::config {
namespace {

environment_list read_environment() {
    environment_list variables;
    for (char** entry = ::environ; entry != nullptr && *entry != nullptr; ++entry) {
        const std::string_view text(*entry);
        const std::size_t equals = text.find('=');
        if (equals == std::string_view::npos) continue;
        variables.emplace_back(text.substr(0, equals), text.substr(equals + 1));
    }
    return variables;
}

std::string home_in_user_database(uid_t user) {
    passwd entry{};
    passwd* found = nullptr;
    std::array<char, 16384> strings{};  // what glibc suggests is 1 KiB; LDAP entries are longer
    ::getpwuid_r(user, &entry, strings.data(), strings.size(), &found);
    return found != nullptr && found->pw_dir != nullptr ? found->pw_dir : "";
}

std::string read_host_name() {
    std::array<char, HOST_NAME_MAX + 1> name{};
    return ::gethostname(name.data(), name.size() - 1) == 0 ? name.data() : "";
}

}  // namespace

std::optional<std::string> surroundings::variable(std::string_view name) const {
    const auto found = std::find_if(environment.begin(), environment.end(), [&](const auto& entry) {
        return entry.first == name;
    });
    if (found == environment.end() || found->second.empty()) return std::nullopt;
    return found->second;
}

surroundings read_surroundings() {
    surroundings around;
    around.environment = read_environment();
    around.user_id = ::geteuid();
    around.home = around.variable("HOME").value_or(home_in_user_database(::geteuid()));
    std::error_code unknown;
    around.executable = std::filesystem::read_symlink("/proc/self/exe", unknown);
    around.host_name = read_host_name();
    return around;
}

}  // namespace meshhost::config
