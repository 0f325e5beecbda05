// SPDX-License-Identifier: Apache-2.0
#define BOOST_DLL_USE_STD_FS
#include "plugin/plugin_library.hpp"

#include <mesh/plugin.h>

#include "plugin/abi_check.hpp"
#include "plugin/keep_forever.hpp"

#include <boost/dll/shared_library.hpp>

#include <dlfcn.h>
#include <utility>

namespace meshhost::plugin {

namespace {

/// What the dynamic loader says, without the name that only we know the file by.
std::string loader_message(const std::string& loader_path) {
    const char* const said = ::dlerror();  // the error_code is "Bad file descriptor" for everything
    std::string message = said == nullptr ? "unknown reason" : said;
    if (message.starts_with(loader_path + ": ")) message.erase(0, loader_path.size() + 2);
    return message;
}

/// A plugin written in C++ may throw where the ABI does not allow it.
checked<std::vector<role_description>> enter(const boost::dll::shared_library& code) {
    const auto& entry = code.get<const mesh_plugin*(std::uint32_t)>("mesh_plugin_entry");
    try {
        return read_roles(entry(MESH_ABI_VERSION));
    } catch (...) {
        return plugin_fault{"MP017", "mesh_plugin_entry threw an exception: not loaded"};
    }
}

}  // namespace

checked<inspected_plugin> inspect(std::string path) {
    auto image = sealed_image::copy_of(path);
    if (!image) return image.error();
    return inspect(std::move(path), std::move(*image));
}

checked<inspected_plugin> inspect(std::string path, sealed_image image) {
    const plugin_file file = read_plugin_file(image.bytes());
    if (auto fit = check_file(file); !fit) return fit.error();
    inspected_plugin inspected{std::move(path), std::move(image), {}};
    if (!file.note) {
        inspected.notices.push_back(
            {"MP016",
             "has no MESH note: its code runs before it can be checked (add MESH_PLUGIN_NOTE)"}
        );
    } else if (auto newer = notice_of(file.note->abi)) {
        inspected.notices.push_back(std::move(*newer));
    }
    if (file.note && is_role_name(note_value(file.note->text, "role")))
        inspected.role = note_value(file.note->text, "role");
    return inspected;
}

plugin_library::plugin_library(std::string path, std::vector<role_description> roles)
    : path_(std::move(path))
    , roles_(std::move(roles)) {}

checked<const plugin_library*> plugin_library::load(inspected_plugin from) {
    using boost::dll::load_mode::rtld_local;
    using boost::dll::load_mode::rtld_now;
    const std::string loader_path = from.image.loader_path();
    ::dlerror();
    std::error_code error;
    auto object = std::make_unique<boost::dll::shared_library>();
    object->load(loader_path, error, rtld_now | rtld_local);
    if (error) {
        return plugin_fault{"MP004", "cannot be loaded: " + loader_message(loader_path)};
    }
    boost::dll::shared_library& code = keep_forever(std::move(object));
    if (!code.has("mesh_plugin_entry")) {
        return plugin_fault{"MP010", "no symbol mesh_plugin_entry: " + loader_message(loader_path)};
    }
    auto roles = enter(code);
    if (!roles) return roles.error();
    return &keep_forever(
        std::unique_ptr<plugin_library>(new plugin_library(std::move(from.path), std::move(*roles)))
    );
}

}  // namespace meshhost::plugin
