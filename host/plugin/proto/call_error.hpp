// SPDX-License-Identifier: Apache-2.0
#pragma once
// Why a host call is refused: the code that the plugin gets, and the words last_error() has for it.
#include <mesh/plugin.h>

#include <boost/system/result.hpp>

#include <string>

namespace meshhost::plugin::proto {

struct call_error {
    mesh_status code = MESH_E_INTERNAL;
    std::string text;
};

template <class T = void>
using call_result = boost::system::result<T, call_error>;

/// boost::system::result wants to know how to throw an error that nobody looked at.
[[noreturn]] void
throw_exception_from_error(const call_error& error, const boost::source_location&);

/// A result that holds a number, which could be taken for an error's code.
template <class T>
call_result<T> succeed(T value) {
    return call_result<T>(boost::system::in_place_value, value);
}

/// "MESH_E_BUDGET"; "plugin code -10007" for a plugin's own; "status 7" for what nobody defined.
std::string status_name(mesh_status status);

}  // namespace meshhost::plugin::proto
