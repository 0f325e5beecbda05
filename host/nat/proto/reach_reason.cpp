// SPDX-License-Identifier: Apache-2.0
#include "nat/proto/reach_reason.hpp"

#include <array>

namespace meshhost::nat::proto {

namespace {

struct wording {
    reach_reason reason;
    const char* word;
    const char* sentence;
};

using enum reach_reason;

constexpr std::array<wording, 16> wordings{{
    {not_tried, "not_tried", "nothing has been tried yet"},
    {same_host, "same_host", "direct: both are on this machine"},
    {same_lan, "lan", "direct: both are on one local network"},
    {direct, "public", "direct: one of the two has a public address"},
    {punched, "punched", "direct: both opened their NATs for each other"},
    {port_mapped, "port_mapped", "direct: a router forwards a port"},
    {punching, "punching", "relayed while a direct path is being looked for"},
    {nat_symmetric_both,
     "nat_symmetric_both",
     "relayed: both NATs use another port for every destination"},
    {nat_symmetric_hard,
     "nat_symmetric_hard",
     "relayed: one NAT uses another port for every destination, and the other lets in only the "
     "ports it was told of"},
    {udp_blocked, "udp_blocked", "relayed: one of the two networks lets no UDP out"},
    {no_candidates, "no_candidates", "relayed: neither has an address that the other could try"},
    {peer_does_not_punch, "peer_does_not_punch", "relayed: the peer does not punch holes"},
    {relay_only_by_config,
     "relay_only_by_config",
     "relayed: one of the two is configured to use relays only"},
    {no_answer, "no_answer", "relayed: no probe came through, perhaps for a firewall"},
    {migration_failed,
     "migration_failed",
     "relayed: probes came through, but the connection could not move to their path"},
    {direct_lost, "direct_lost", "relayed: the direct path went silent"},
}};

const wording& wording_of(reach_reason reason) noexcept {
    for (const wording& one : wordings)
        if (one.reason == reason) return one;
    return wordings.front();
}

}  // namespace

const char* to_string(reach_reason reason) noexcept {
    return wording_of(reason).word;
}

const char* describe(reach_reason reason) noexcept {
    return wording_of(reason).sentence;
}

std::optional<reach_reason> reach_reason_of(std::string_view word) noexcept {
    for (const wording& one : wordings)
        if (word == one.word) return one.reason;
    return std::nullopt;
}

bool is_direct(reach_reason reason) noexcept {
    return reason >= same_host && reason <= port_mapped;
}

bool is_relayed(reach_reason reason) noexcept {
    return reason >= punching;
}

std::string to_string(const reach& how) {
    std::string text = to_string(how.why);
    if (how.why != punching || how.round == 0) return text;
    return text + " (" + std::to_string(how.round) + " of " + std::to_string(how.rounds) + ")";
}

}  // namespace meshhost::nat::proto
