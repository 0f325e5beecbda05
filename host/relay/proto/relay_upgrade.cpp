// SPDX-License-Identifier: Apache-2.0
#include "relay/proto/relay_upgrade.hpp"

#include "base/list_text.hpp"

#include <algorithm>

namespace meshhost::relay::proto {

namespace {

std::string_view find(upgrade_headers headers, std::string_view name) {
    for (const auto& [each, value] : headers)
        if (each == name) return value;
    return {};
}

bool is_equal_ignoring_case(std::string_view one, std::string_view other) {
    const auto lower = [](char c) {
        return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
    };
    return std::ranges::equal(one, other, {}, lower, lower);
}

bool is_word(std::string_view text) {
    return std::ranges::all_of(text, [](char c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9')
               || c == '.' || c == '_' || c == '-';
    });
}

upgrade_verdict refuse(std::string reason) {
    upgrade_verdict out;
    out.status = 400;
    out.reason = std::move(reason);
    return out;
}

}  // namespace

std::optional<relay_version> choose_version(std::string_view offered) {
    std::optional<relay_version> best;
    for_each_part(offered, [&](std::string_view part) {
        const auto name = trimmed(part);
        if (name == subprotocol_v2) best = relay_version::v2;
        if (name == subprotocol_v1 && !best) best = relay_version::v1;
    });
    return best;
}

std::string_view subprotocol(relay_version version) noexcept {
    return version == relay_version::v1 ? subprotocol_v1 : subprotocol_v2;
}

upgrade_verdict judge_upgrade(upgrade_headers headers) {
    if (find(headers, "upgrade") != "websocket")
        return refuse("the Upgrade header is not websocket");
    const auto key = find(headers, "sec-websocket-key");
    if (key.empty()) return refuse("there is no Sec-WebSocket-Key header");
    if (find(headers, "sec-websocket-version") != "13") {
        auto out = refuse("the Sec-WebSocket-Version is not 13");
        out.names_version = true;
        return out;
    }
    const auto version = choose_version(find(headers, "sec-websocket-protocol"));
    if (!version) return refuse("the Sec-WebSocket-Protocol names no version that is spoken here");
    upgrade_verdict out;
    out.version = *version;
    out.websocket_key = key;
    out.client_auth = find(headers, "x-iroh-relay-client-auth-v1");
    return out;
}

std::string_view presented_token(upgrade_headers headers, std::string_view in_query) {
    constexpr std::string_view scheme = "Bearer ";
    const auto given = find(headers, "authorization");
    if (given.size() > scheme.size()
        && is_equal_ignoring_case(given.substr(0, scheme.size()), scheme))
        return trimmed(given.substr(scheme.size()));
    return in_query;
}

std::optional<std::string> answer_portal_check(std::string_view asked) {
    constexpr std::size_t asked_max = 63;
    if (asked.empty() || asked.size() > asked_max || !is_word(asked)) return {};
    return "response " + std::string(asked);
}

}  // namespace meshhost::relay::proto
