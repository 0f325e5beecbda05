// SPDX-License-Identifier: Apache-2.0
#include "plugin/proto/permission_words.hpp"

#include "base/near_miss.hpp"
#include "base/quote.hpp"
#include "plugin/proto/state_quota.hpp"

#include <algorithm>
#include <array>

namespace meshhost::plugin::proto {

namespace {

const std::array<std::string, 8> with_object{
    "alpn:",
    "fs:read:",
    "fs:write:",
    "gossip:pub:",
    "gossip:sub:",
    "message:send:",
    "message:serve:",
    "state:",
};
const std::array<std::string, 3> without{"identity:sign", "net:in", "net:out"};

/// Up to the last colon, with it.
std::string kind_of(std::string_view permission) {
    return std::string(permission.substr(0, permission.find_last_of(':') + 1));
}

}  // namespace

std::optional<std::string> oddity_of(std::string_view permission) {
    const auto is_it = [permission](const std::string& known) { return permission == known; };
    if (std::any_of(without.begin(), without.end(), is_it)) return std::nullopt;
    const auto known = std::find_if(with_object.begin(), with_object.end(), [&](const auto& kind) {
        return permission.starts_with(kind) && permission.size() > kind.size();
    });
    if (known == with_object.end()) {
        std::string words =
            "the permission " + in_quotes(permission) + " is none that this host knows";
        if (const auto near = nearest(kind_of(permission), with_object))
            words += ": did you mean " + *near + "...?";
        return words;
    }
    const std::string_view object = permission.substr(known->size());
    if (known->starts_with("fs:") && object.front() != '/')
        return "the permission " + in_quotes(permission)
               + " has no absolute path: it allows nothing";
    if (*known == "state:" && !state_size(permission))
        return "the permission " + in_quotes(permission)
               + " has no size like 64MiB: it allows nothing";
    return std::nullopt;
}

}  // namespace meshhost::plugin::proto
