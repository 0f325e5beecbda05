// SPDX-License-Identifier: Apache-2.0
#pragma once
// A signal as people name it.
#include <csignal>
#include <cstring>
#include <string>

namespace meshhost {

/// "SIGSEGV", "SIGRTMIN+1", or "signal 99" for what is none. Not in signal handlers.
inline std::string signal_name(int number) {
    if (const char* const known = ::sigabbrev_np(number)) return std::string("SIG") + known;
    if (number >= SIGRTMIN && number <= SIGRTMAX)
        return "SIGRTMIN+" + std::to_string(number - SIGRTMIN);
    return "signal " + std::to_string(number);
}

}  // namespace meshhost
