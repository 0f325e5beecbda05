// SPDX-License-Identifier: Apache-2.0
#pragma once
// The version rules of the plugin ABI: majors are equal, and the host is no older than the plugin
// allows (mesh/plugin.h, contract line 3).
#include "plugin/plugin_fault.hpp"
#include "plugin/plugin_note.hpp"

#include <optional>
#include <string_view>

namespace meshhost::plugin {

/// `where` the numbers were found: "the MESH note". Errors: MP011 to MP014.
checked<> check_abi(const abi_numbers& plugin, std::string_view where);

/// MP015: newer than this host, and content with it.
std::optional<plugin_fault> notice_of(const abi_numbers& plugin);

/// What can be known without running it. Errors: MP003, MP010 to MP014.
checked<> check_file(const plugin_file& file);

/// "1.0": what this host speaks.
std::string_view host_abi_text() noexcept;

}  // namespace meshhost::plugin
