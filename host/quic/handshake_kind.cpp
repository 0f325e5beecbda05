// SPDX-License-Identifier: Apache-2.0
#include "quic/handshake_kind.hpp"

namespace meshhost::quic {

const char* to_string(handshake_kind kind) noexcept {
    switch (kind) {
    case handshake_kind::pending:
        return "pending";
    case handshake_kind::full:
        return "full";
    case handshake_kind::resumed:
        return "resumed";
    case handshake_kind::early_data:
        return "early_data";
    }
    return "unknown";
}

}  // namespace meshhost::quic
