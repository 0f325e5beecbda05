// SPDX-License-Identifier: Apache-2.0
#pragma once
// Why a plugin is refused or given up, before and after it is known whose fault it is to tell:
//
//   plugin <path>: <code> <fact>: <remedy or consequence>
//
// The codes are stable and listed in docs/failures.md.
#include "base/error.hpp"

#include <boost/system/result.hpp>

#include <string>
#include <string_view>
#include <utility>

namespace meshhost::plugin {

struct plugin_fault {
    plugin_fault() = default;
    plugin_fault(std::string stable_code, std::string fact_and_remedy)
        : code(std::move(stable_code))
        , text(std::move(fact_and_remedy)) {}

    std::string code;  ///< "MP010"
    std::string text;  ///< "<fact>: <remedy or consequence>"
};

template <class T = void>
using checked = boost::system::result<T, plugin_fault>;

/// boost::system::result wants to know how to throw an error that nobody looked at.
[[noreturn]] void
throw_exception_from_error(const plugin_fault& fault, const boost::source_location&);

/// The whole line is the message; exits with exit_code::invalid.
failure explain(std::string_view path, const plugin_fault& fault);

/// `text` on one line of at most `size_max` bytes: control characters become spaces.
std::string one_line(std::string_view text, std::size_t size_max);

}  // namespace meshhost::plugin
