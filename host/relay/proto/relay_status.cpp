// SPDX-License-Identifier: Apache-2.0
#include "relay/proto/relay_status.hpp"

namespace meshhost::relay::proto {

const char* to_string(relay_status status) noexcept {
    switch (status) {
    case relay_status::down:
        return "down";
    case relay_status::connecting:
        return "connecting";
    case relay_status::up:
        return "up";
    case relay_status::stopped:
        return "stopped";
    }
    return "unknown";
}

const char* to_string(down_reason reason) noexcept {
    switch (reason) {
    case down_reason::none:
        return "none";
    case down_reason::no_such_name:
        return "no_such_name";
    case down_reason::unreachable:
        return "unreachable";
    case down_reason::tls_failed:
        return "tls_failed";
    case down_reason::not_a_relay:
        return "not_a_relay";
    case down_reason::denied:
        return "denied";
    case down_reason::timed_out:
        return "timed_out";
    case down_reason::silent:
        return "silent";
    case down_reason::closed:
        return "closed";
    case down_reason::violation:
        return "violation";
    case down_reason::stopped:
        return "stopped";
    }
    return "unknown";
}

}  // namespace meshhost::relay::proto
