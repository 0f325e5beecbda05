// SPDX-License-Identifier: Apache-2.0
#pragma once
// A fault in the words of a role's own process, or of its probe, which may say anything.
#include "plugin/plugin_fault.hpp"
#include "plugin/proto/limits.hpp"

#include <string_view>

namespace meshhost::plugin {

/// Within limits, and never one of those that the host alone decides on and starts without: MP024
/// and MP309 are told as MP203.
inline plugin_fault told_fault(std::string_view code, std::string_view text) {
    const bool is_the_hosts = code == "MP024" || code == "MP309";
    return {
        one_line(is_the_hosts ? "MP203" : code, proto::name_max),
        one_line(text, proto::fault_text_max)};
}

}  // namespace meshhost::plugin
