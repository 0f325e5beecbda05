// SPDX-License-Identifier: Apache-2.0
#pragma once
// A new plugin's project, made of the SDK's templates (sdk/templates), which are part of this
// binary. Pure: nothing is written here.
#include "base/error.hpp"

#include <string>
#include <string_view>
#include <vector>

namespace meshhost::ctl {

/// A file of sdk/templates; the path is relative to it, "cpp/src/NAME.cpp.in".
struct embedded_text {
    const char* path;
    const char* text;
};
/// Ends with a null path.
extern const embedded_text embedded_templates[];

struct project_file {
    std::string path;  ///< relative to the project, "src/wordcount.cpp"
    std::string text;
};

struct project_request {
    std::string name;      ///< of the project and the shared object
    std::string role;      ///< empty: as the name
    std::string language;  ///< "cpp" or "c"
};

/// Errors: E_PLUGIN_NAME (usage), with the rule.
outcome<std::vector<project_file>> make_project(const project_request& asked);

}  // namespace meshhost::ctl
