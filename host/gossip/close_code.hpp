// SPDX-License-Identifier: Apache-2.0
#pragma once
// The application error codes that this host closes connections and stops streams with. For people
// who read captures and logs: iroh-gossip knows only 0, and no receiver may rely on any.
#include <cstdint>

namespace meshhost::gossip {

enum class close_code : std::uint64_t {
    in_order = 0,    ///< no topic needs it any more
    superseded = 1,  ///< another connection between the same two serves
    violation = 2,   ///< the peer broke the protocol
    too_slow = 3,    ///< it does not take what is sent to it
    too_many = 4,    ///< a table is full
    no_header = 5,   ///< of a stream: it did not say its topic in time
    worn_out = 6,    ///< it can open no more streams; the next one can
};

constexpr const char* to_string(close_code code) noexcept {
    switch (code) {
    case close_code::in_order:
        return "close from disconnect";  // iroh-gossip's words
    case close_code::superseded:
        return "another connection serves";
    case close_code::violation:
        return "broke the protocol";
    case close_code::too_slow:
        return "does not keep up";
    case close_code::too_many:
        return "too many";
    case close_code::no_header:
        return "no topic in time";
    case close_code::worn_out:
        return "it opens no more streams";
    }
    return "closed";
}

}  // namespace meshhost::gossip
