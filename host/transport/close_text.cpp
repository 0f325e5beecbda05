// SPDX-License-Identifier: Apache-2.0
// What a person is told about a connection that could not be made.
#include "transport/connection.hpp"

#include <spdlog/fmt/fmt.h>

namespace meshhost::transport {

failure explain(const close_reason& reason, const identity::endpoint_id& peer) {
    std::string const who = peer.short_text();
    switch (reason.cause) {
    case close_cause::identity_mismatch:
        return {
            exit_code::unreachable,
            "E_WRONG_KEY",
            fmt::format("wrong key at the address of {}: {}", who, reason.reason),
            "check the ticket: that host may have a new key, or the address now is another's"};
    case close_cause::alpn_mismatch:
        return {
            exit_code::version_mismatch,
            "E_ALPN",
            fmt::format("{} does not speak this protocol", who),
            "check that both ends run compatible versions of meshhost"};
    case close_cause::handshake_timeout:
        return {
            exit_code::unreachable,
            "E_UNREACHABLE",
            fmt::format(
                "no answer from {}{}{}",
                who,
                reason.reason.empty() ? "" : " at ",
                reason.reason
            ),
            "check that it runs, and that UDP gets through to its port"};
    case close_cause::no_address:
        return {
            exit_code::unreachable,
            "E_NO_ADDRESS",
            fmt::format("no address known for {}", who),
            "give one: a fresh ticket of that host, or ID@ADDRESS:PORT"};
    case close_cause::refused:
        return {
            exit_code::not_permitted,
            "E_REFUSED",
            fmt::format("{} refused the connection: {}", who, reason.reason),
            "it may be at its limit of connections; try again later"};
    case close_cause::idle_timeout:
        return {
            exit_code::timeout,
            "E_IDLE",
            fmt::format("{} went silent", who),
            "check that it still runs and that the network between is up"};
    case close_cause::unresponsive:
        return {
            exit_code::timeout,
            "E_IDLE",
            fmt::format("{} stopped answering", who),
            "check that it still runs and that the network between is up"};
    case close_cause::port_closed:
        return {
            exit_code::unreachable,
            "E_UNREACHABLE",
            fmt::format(
                "nobody listens at the port of {}{}{}",
                who,
                reason.reason.empty() ? "" : ": ",
                reason.reason
            ),
            "check that it runs, and at which port: it may have taken another"};
    case close_cause::stateless_reset:
        return {
            exit_code::failure,
            "E_RESET",
            fmt::format("{} has restarted", who),
            "connect again"};
    case close_cause::closed_by_peer:
    case close_cause::closed_locally:
    case close_cause::endpoint_closed:
    case close_cause::transport_error:
        break;
    }
    return {
        exit_code::failure,
        "E_CONNECTION",
        fmt::format(
            "connection to {}: {} (code {:#x}{}{})",
            who,
            to_string(reason.cause),
            reason.code,
            reason.reason.empty() ? "" : ": ",
            reason.reason
        ),
        ""};
}

}  // namespace meshhost::transport
