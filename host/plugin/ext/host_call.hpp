// SPDX-License-Identifier: Apache-2.0
#pragma once
// The shell around every host function that returns a status: is the caller allowed to, and what
// goes wrong becomes a code and its words.
#include "plugin/host_table.hpp"
#include "plugin/instance_context.hpp"
#include "plugin/proto/call_error.hpp"
#include "plugin/thread_errors.hpp"

#include <exception>
#include <new>
#include <string>
#include <string_view>

namespace meshhost::plugin {

enum class caller : std::uint8_t { strand, any };

/// The status to return when the call is not admitted; MESH_OK when it is. Leaves the words.
mesh_status admit(instance_context& context, caller allowed) noexcept;

/// Leaves the words and returns the code.
mesh_status refuse(mesh_status code, std::string_view words) noexcept;

/// MESH_E_BUDGET, and what for; it is counted and told of.
proto::call_error over_budget(
    instance_context& context,
    proto::budget_kind kind,
    std::string words
);

/// `body` takes the instance_context& and returns a call_result<>.
template <class Body>
mesh_status host_call(const mesh_host* host, caller allowed, Body&& body) noexcept {
    instance_context* const context = context_of(host);
    if (context == nullptr) return refuse(MESH_E_INVALID, "called without a mesh_host");
    if (const mesh_status verdict = admit(*context, allowed); verdict != MESH_OK) return verdict;
    try {
        const proto::call_result<> result = body(*context);
        if (!result) return refuse(result.error().code, result.error().text);
        set_last_error({});
        return MESH_OK;
    } catch (const std::bad_alloc&) {
        return refuse(MESH_E_NOMEM, "out of memory");
    } catch (const std::exception& thrown) {
        return refuse(MESH_E_INTERNAL, thrown.what());
    } catch (...) {
        return refuse(MESH_E_INTERNAL, "unknown exception in the host");
    }
}

}  // namespace meshhost::plugin
