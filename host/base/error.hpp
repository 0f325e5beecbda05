// SPDX-License-Identifier: Apache-2.0
#pragma once
// The one result type. Anything a caller can meet is a value: an error_code where the cause is
// one of a closed set, a `failure` where a person will read it.
#include <boost/system/error_code.hpp>
#include <boost/system/result.hpp>

#include <string>
#include <utility>

namespace meshhost {

using error_code = boost::system::error_code;

template <class T>
using result = boost::system::result<T>;

/// What a command exits with. The same in every binary; documented in docs/operating.md and
/// never renumbered.
enum class exit_code : int {
    ok = 0,
    failure = 1,
    usage = 2,
    degraded = 3,
    unreachable = 4,
    timeout = 5,
    not_permitted = 6,
    invalid = 7,
    version_mismatch = 8,
    assertion_failed = 9,
    no_daemon = 10,
    interrupted = 130,
};

/// An error for a person: one line of cause, one line of remedy, and what to exit with.
struct failure {
    exit_code exit = exit_code::failure;
    std::string code;     ///< stable, upper case: "E_PORT_TAKEN", "MP011"
    std::string message;  ///< what was wrong, and where
    std::string hint;     ///< what to do about it; may be empty
};

/// Either a value or a failure for a person.
template <class T>
using outcome = boost::system::result<T, failure>;

/// boost::system::result wants to know how to throw an error that nobody looked at.
[[noreturn]] void throw_exception_from_error(const failure& error, const boost::source_location&);

}  // namespace meshhost
