// SPDX-License-Identifier: Apache-2.0
#include "transport/alpn_router.hpp"

#include "base/assert.hpp"

namespace meshhost::transport {

void alpn_router::add(std::string alpn, std::shared_ptr<protocol_handler> handler) {
    MH_ASSERT(!alpn.empty() && alpn.size() <= 255, "an ALPN is 1..255 bytes (RFC 7301)");
    const bool fresh = handlers_.emplace(std::move(alpn), std::move(handler)).second;
    MH_ASSERT(fresh, "an ALPN has one handler");
    ++version_;
}

void alpn_router::remove(std::string_view alpn) {
    const auto found = handlers_.find(alpn);
    if (found == handlers_.end()) return;
    handlers_.erase(found);
    ++version_;
}

std::shared_ptr<protocol_handler> alpn_router::find(std::string_view alpn) const {
    const auto found = handlers_.find(alpn);
    return found == handlers_.end() ? nullptr : found->second;
}

std::vector<std::string> alpn_router::alpns() const {
    std::vector<std::string> names;
    for (const auto& [alpn, handler] : handlers_)
        names.push_back(alpn);
    return names;
}

}  // namespace meshhost::transport
