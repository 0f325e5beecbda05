// SPDX-License-Identifier: Apache-2.0
#define BOOST_DLL_USE_STD_FS
#include "plugin/plugin_library.hpp"

#include <mesh/plugin.h>

#include "plugin/abi_check.hpp"
#include "plugin/keep_forever.hpp"

#include <boost/dll/shared_library.hpp>

#include <algorithm>
#include <dlfcn.h>
#include <mutex>
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

/// Those whose code can run.
struct loaded_libraries {
    std::mutex mutex;
    std::vector<const plugin_library*> all;
};

loaded_libraries& loaded() {
    static auto* const only = new loaded_libraries;  // as long as the libraries themselves
    return *only;
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
    return inspected;
}

plugin_library::plugin_library(inspected_plugin from)
    : path_(std::move(from.path))
    , image_(std::move(from.image)) {}

const plugin_library* plugin_library::take_again(bytes_view image) {
    const std::lock_guard lock(loaded().mutex);
    for (const plugin_library* const each : loaded().all) {
        const bytes_view known = each->image_.bytes();
        const bool is_same = std::equal(known.begin(), known.end(), image.begin(), image.end());
        if (is_same && each->is_retired_.exchange(false)) return each;
    }
    return nullptr;
}

checked<const plugin_library*> plugin_library::load(inspected_plugin from) {
    if (const plugin_library* const again = take_again(from.image.bytes())) return again;
    using boost::dll::load_mode::rtld_local;
    using boost::dll::load_mode::rtld_now;
    plugin_library& library =
        keep_forever(std::unique_ptr<plugin_library>(new plugin_library(std::move(from))));
    const std::string loader_path = library.image_.loader_path();
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
    library.roles_ = std::move(*roles);
    const std::lock_guard lock(loaded().mutex);
    loaded().all.push_back(&library);
    return &library;
}

}  // namespace meshhost::plugin
