// SPDX-License-Identifier: Apache-2.0
#pragma once
// An opened, verified shared object. Opening goes in two steps, so that the probe process can run
// the code between them: inspect() executes none of it, load() does.
#include "plugin/plugin_fault.hpp"
#include "plugin/plugin_role.hpp"
#include "plugin/sealed_image.hpp"

#include <memory>
#include <string>
#include <vector>

namespace meshhost::plugin {

/// A file that may be loaded.
struct inspected_plugin {
    std::string path;  ///< as the operator knows it
    sealed_image image;
    std::vector<plugin_fault> notices;  ///< MP015, MP016: allowed, worth a line
    std::string role = {};              ///< that its note names; empty: none
};

/// Errors: MP001 to MP003, MP010 to MP014.
checked<inspected_plugin> inspect(std::string path);
checked<inspected_plugin> inspect(std::string path, sealed_image image);

/// Whether the file is the one that was pinned; an empty pin fits all. Errors: MP005.
checked<> check_pin(
    const inspected_plugin& plugin,
    const std::string& sha256,
    const std::string& instance
);

/// Lives until the process ends once loaded: code that ran cannot be unmapped safely.
class plugin_library {
public:
    /// Runs the object's constructors and its entry function.
    /// Errors: MP004, MP010 to MP014, MP017 to MP019.
    static checked<const plugin_library*> load(inspected_plugin from);

    const std::string& path() const noexcept { return path_; }
    const std::vector<role_description>& roles() const noexcept { return roles_; }

private:
    plugin_library(std::string path, std::vector<role_description> roles);

    std::string path_;
    std::vector<role_description> roles_;
};

}  // namespace meshhost::plugin
