// SPDX-License-Identifier: Apache-2.0
#include "config/paths.hpp"

#include "identity/new_file.hpp"

#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <optional>
#include <system_error>

namespace meshhost::config {
namespace {

namespace fs = std::filesystem;

constexpr unsigned root_user = 0;
constexpr std::size_t node_name_size_max = 64;  ///< as the rule of node.name has it

/// The directory that a variable names; systemd may put several there, with colons.
std::optional<fs::path> directory_variable(const surroundings& around, std::string_view name) {
    const auto value = around.variable(name);
    if (!value) return std::nullopt;
    fs::path first = value->substr(0, value->find(':'));
    return first.is_absolute() ? std::optional(std::move(first)) : std::nullopt;
}

fs::path socket_name(std::string_view instance) {
    return std::string(instance) + ".sock";
}

std::string default_node_name(const surroundings& around, const std::string& instance) {
    if (around.host_name.empty()) return instance;
    std::string name = around.host_name;
    if (instance != node_config{}.instance) name += "-" + instance;
    return name.substr(0, node_name_size_max);
}

/// Sets a text that is still empty, in the values and in what is shown of them.
template <class Text>
void fill_in(loaded_config& loaded, std::string_view key, Text& field, const Text& usual) {
    if (!field.empty()) return;
    field = usual;
    for (setting& shown : loaded.settings) {
        if (shown.path == key) shown.value = fs::path(usual).string();
    }
}

failure unsafe(const fs::path& dir, const std::string& fact) {
    return {
        exit_code::not_permitted,
        "E_DIR_UNSAFE",
        "directory " + dir.string() + " " + fact,
        "use another directory, or have its owner remove it"};
}

failure cannot_make(const fs::path& dir, int error) {
    const bool forbidden = error == EACCES || error == EPERM || error == EROFS;
    return {
        forbidden ? exit_code::not_permitted : exit_code::failure,
        "E_DIR",
        "cannot make directory " + dir.string() + ": " + std::strerror(error),
        "use another directory"};
}

/// One of this user's or root's. Only they may rename what is in it.
outcome<void> check_directory(const fs::path& dir) {
    const auto trusted = [](const struct stat& entry) {
        return entry.st_uid == ::geteuid() || entry.st_uid == root_user;
    };
    struct stat link {};
    struct stat target {};
    if (::lstat(dir.c_str(), &link) != 0 || ::stat(dir.c_str(), &target) != 0) {
        return cannot_make(dir, errno);
    }
    if (!S_ISDIR(target.st_mode)) return unsafe(dir, "is not a directory");
    if (!trusted(link) || !trusted(target)) return unsafe(dir, "belongs to another user");
    const bool sticky = (target.st_mode & S_ISVTX) != 0;
    const bool others_write = (target.st_mode & (S_IWGRP | S_IWOTH)) != 0;
    if (others_write && !sticky) return unsafe(dir, "can be written to by other users");
    return {};
}

}  // namespace

fs::path default_data_dir(const surroundings& around, std::string_view instance) {
    if (const auto given = directory_variable(around, "STATE_DIRECTORY")) return *given;
    const fs::path name = fs::path("meshhost") / instance;
    if (around.user_id == root_user) return "/var/lib" / name;
    if (const auto given = directory_variable(around, "XDG_STATE_HOME")) return *given / name;
    if (around.home.is_absolute()) return around.home / ".local/state" / name;
    return private_tmp_dir(around) / instance;
}

fs::path default_socket(const surroundings& around, std::string_view instance) {
    const fs::path name = socket_name(instance);
    if (const auto given = directory_variable(around, "RUNTIME_DIRECTORY")) return *given / name;
    if (around.user_id == root_user) return "/run/meshhost" / name;
    if (const auto given = directory_variable(around, "XDG_RUNTIME_DIR")) {
        return *given / "meshhost" / name;
    }
    return private_tmp_dir(around) / name;
}

std::vector<fs::path> socket_candidates(const surroundings& around, std::string_view instance) {
    const fs::path name = socket_name(instance);
    std::vector<fs::path> candidates{default_socket(around, instance)};
    const auto add = [&](fs::path path) {
        const bool known =
            std::find(candidates.begin(), candidates.end(), path) != candidates.end();
        if (!known) candidates.push_back(std::move(path));
    };
    add("/run/meshhost" / name);
    add(fs::path("/run/meshhost") / instance / name);  // meshhost@INSTANCE.service
    add(private_tmp_dir(around) / name);
    return candidates;
}

fs::path default_plugin_dir(const surroundings& around) {
    const fs::path prefix = around.executable.parent_path().parent_path();
    std::error_code ignored;
    if (fs::is_directory(prefix / "plugins", ignored)) return prefix / "plugins";
    return prefix / "lib/meshhost/plugins";
}

fs::path private_tmp_dir(const surroundings& around) {
    return "/tmp/meshhost-" + std::to_string(around.user_id);
}

void fill_in_defaults(loaded_config& loaded, const surroundings& around) {
    host_config& host = loaded.values;
    const std::string& instance = host.node.instance;
    fill_in(loaded, "node.name", host.node.name, default_node_name(around, instance));
    fill_in(loaded, "node.data_dir", host.node.data_dir, default_data_dir(around, instance));
    fill_in(loaded, "identity.key_file", host.identity.key_file, host.node.data_dir / "secret.key");
    fill_in(loaded, "admin.socket", host.admin.socket, default_socket(around, instance));
    fill_in(loaded, "plugins.dir", host.plugins.dir, default_plugin_dir(around));
}

outcome<void> make_private_dir(const fs::path& dir) {
    std::error_code ignored;
    if (!fs::exists(fs::symlink_status(dir, ignored))) {
        const error_code error = identity::make_private_directories(dir);
        if (error) return cannot_make(dir, error.value());
    }
    return check_directory(dir);
}

}  // namespace meshhost::config
