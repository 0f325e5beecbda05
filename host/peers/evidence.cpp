// SPDX-License-Identifier: Apache-2.0
#include "peers/evidence.hpp"

#include <spdlog/fmt/fmt.h>

namespace meshhost::peers {

namespace {

/// `words`, or with the detail, if there is any, behind `joint`.
std::string joined(std::string words, const char* joint, const std::string& detail) {
    return detail.empty() ? words : words + joint + detail;
}

/// The words of these are about this node, and somebody reads them about the peer.
bool is_complaint(proto::close_code code) noexcept {
    using proto::close_code;
    switch (code) {
    case close_code::wrong_mesh:
    case close_code::bad_frame:
    case close_code::bad_record:
    case close_code::forged_record:
    case close_code::foreign_record:
    case close_code::too_fast:
    case close_code::silent:
    case close_code::unresponsive:
    case close_code::bad_stream:
    case close_code::same_identity:
        return true;
    case close_code::unspecified:
    case close_code::leaving:
    case close_code::superseded:
    case close_code::too_many:
        return false;
    }
    return false;  // of a later version
}

std::string words_of_peer(const transport::close_reason& reason) {
    const auto code = static_cast<proto::close_code>(reason.code);
    const std::string words = reason.reason.empty() ? to_string(code) : reason.reason;
    return is_complaint(code) ? "it says that this node " + words : words;
}

std::string words_of(const transport::close_reason& reason, duration idle_timeout) {
    using transport::close_cause;
    switch (reason.cause) {
    case close_cause::closed_locally:
        return "closed here";
    case close_cause::closed_by_peer:
        return words_of_peer(reason);
    case close_cause::transport_error:
        if (reason.code == 0) return joined("it gave the connection up", ": ", reason.reason);
        return joined(fmt::format("transport error {:#x}", reason.code), ": ", reason.reason);
    case close_cause::idle_timeout:
        return fmt::format("idle for {:g} s", std::chrono::duration<double>(idle_timeout).count());
    case close_cause::handshake_timeout:
        return joined("no answer", " from ", reason.reason);
    case close_cause::identity_mismatch:
        return joined("wrong key", ": ", reason.reason);
    case close_cause::alpn_mismatch:
        return "does not speak mesh/digest/1";
    case close_cause::stateless_reset:
        return "connection reset by a restart";
    case close_cause::refused:
        return joined("refused the connection", ": ", reason.reason);
    case close_cause::no_address:
        return "no address known";
    case close_cause::endpoint_closed:
        return "this node is stopping";
    case close_cause::unresponsive:
        return "no answer to pings";
    case close_cause::port_closed:
        return joined("nobody listens at its port", ": ", reason.reason);
    }
    return "connection lost";
}

}  // namespace

proto::link_end evidence_of(const transport::close_reason& reason, duration idle_timeout) {
    proto::link_end end;
    end.words = words_of(reason, idle_timeout);
    using transport::close_cause;
    const bool is_refused =
        reason.cause == close_cause::port_closed || reason.cause == close_cause::stateless_reset;
    if (is_refused) end.kind = proto::loss_kind::refused;
    if (reason.cause == close_cause::closed_by_peer)
        end.code = static_cast<proto::close_code>(reason.code);
    return end;
}

}  // namespace meshhost::peers
