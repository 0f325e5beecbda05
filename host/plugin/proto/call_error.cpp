// SPDX-License-Identifier: Apache-2.0
#include "plugin/proto/call_error.hpp"

#include <array>
#include <cstddef>
#include <stdexcept>

namespace meshhost::plugin::proto {

namespace {

constexpr std::array<const char*, 19> failure_names{
    "MESH_OK",       "MESH_E_INVALID",     "MESH_E_STATE",  "MESH_E_THREAD",
    "MESH_E_HANDLE", "MESH_E_UNSUPPORTED", "MESH_E_DENIED", "MESH_E_BUDGET",
    "MESH_E_AGAIN",  "MESH_E_NOT_FOUND",   "MESH_E_EXISTS", "MESH_E_TIMEOUT",
    "MESH_E_CLOSED", "MESH_E_TOO_LARGE",   "MESH_E_CONFIG", "MESH_E_IO",
    "MESH_E_NOMEM",  "MESH_E_INTERNAL",    "MESH_E_PANIC",
};
static_assert(failure_names.size() == 1 - MESH_E_PANIC);

}  // namespace

void throw_exception_from_error(const call_error& error, const boost::source_location&) {
    throw std::runtime_error(status_name(error.code) + ": " + error.text);
}

std::string status_name(mesh_status status) {
    if (status == MESH_PENDING) return "MESH_PENDING";
    if (status <= MESH_E_PLUGIN_BASE) return "plugin code " + std::to_string(status);
    const auto index = -static_cast<std::int64_t>(status);
    if (index < 0 || index >= std::ssize(failure_names)) {
        return "status " + std::to_string(status);
    }
    return failure_names[static_cast<std::size_t>(index)];
}

}  // namespace meshhost::plugin::proto
