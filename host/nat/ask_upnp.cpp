// SPDX-License-Identifier: Apache-2.0
#include "nat/router_request.hpp"

#include <array>
#include <memory>
#include <string>
#include <string_view>

#include <miniupnpc/miniupnpc.h>
#include <miniupnpc/upnpcommands.h>

namespace meshhost::nat {

namespace {

constexpr int search_milliseconds = 1'000;
constexpr unsigned char search_hops = 2;  // UPnP Device Architecture 1.1 §1.3.3
constexpr int devices_max = 4;
constexpr int only_permanent_leases = 725;
constexpr int port_is_taken = 718;
constexpr const char* description = "meshhost";

/// "http://192.168.1.1:5000/rootDesc.xml" at 192.168.1.1.
bool is_at(std::string_view url, const ip_endpoint& gateway) {
    std::string host = "http://";
    for (std::size_t i = 0; i < 4; ++i)
        host += (i == 0 ? "" : ".") + std::to_string(gateway.address[i]);
    return url.starts_with(host) && url.size() > host.size()
           && (url[host.size()] == ':' || url[host.size()] == '/');
}

/// A gateway device, found and described.
class device {
public:
    explicit device(const ip_endpoint& gateway) {
        int error = 0;
        const std::unique_ptr<UPNPDev, decltype(&::freeUPNPDevlist)> all(
            ::upnpDiscover(search_milliseconds, nullptr, nullptr, 0, 0, search_hops, &error),
            &::freeUPNPDevlist
        );
        int tried = 0;
        for (const UPNPDev* at = all.get(); at != nullptr && !is_found_; at = at->pNext) {
            if (at->descURL == nullptr || !is_at(at->descURL, gateway)) continue;
            if (++tried > devices_max) return;
            UPNPDev alone = *at;
            alone.pNext = nullptr;
            has_urls_ = ::UPNP_GetValidIGD(&alone, &urls_, &data_, own_.data(), own_size()) != 0;
            // Connected: another answer names a router that has no way out.
            is_found_ = has_urls_ && is_at(urls_.controlURL ? urls_.controlURL : "", gateway);
            if (!is_found_) forget();
        }
    }
    device(const device&) = delete;
    device& operator=(const device&) = delete;
    ~device() { forget(); }

    bool is_found() const noexcept { return is_found_; }

    /// Without a port; unspecified where it cannot be read.
    ip_endpoint outer_address() const {
        std::array<char, 40> text{};
        if (::UPNP_GetExternalIPAddress(urls_.controlURL, data_.first.servicetype, text.data())
            != 0)
            return {};
        auto read = ip_endpoint::parse(std::string(text.data()) + ":1");
        return read && read->is_v4() ? *read : ip_endpoint{};
    }

    /// 0, or the device's error.
    int add(std::uint16_t outer, std::uint16_t inner, std::chrono::seconds lifetime) const {
        return ::UPNP_AddPortMapping(
            urls_.controlURL,
            data_.first.servicetype,
            std::to_string(outer).c_str(),
            std::to_string(inner).c_str(),
            own_.data(),
            description,
            "UDP",
            nullptr,
            std::to_string(lifetime.count()).c_str()
        );
    }

    void remove(std::uint16_t outer) const {
        const auto port = std::to_string(outer);
        ::UPNP_DeletePortMapping(
            urls_.controlURL,
            data_.first.servicetype,
            port.c_str(),
            "UDP",
            nullptr
        );
    }

private:
    int own_size() const noexcept { return static_cast<int>(own_.size()); }
    void forget() {
        if (has_urls_) ::FreeUPNPUrls(&urls_);
        has_urls_ = false;
    }

    UPNPUrls urls_{};
    IGDdatas data_{};
    std::array<char, 64> own_{};
    bool has_urls_ = false;
    bool is_found_ = false;
};

}  // namespace

router_answer ask_upnp(const router_request& request, const ip_endpoint& gateway) {
    router_answer answer{request.number, proto::attempt_result::no_router, {}, {}};
    const device router(gateway);
    if (!router.is_found()) return answer;
    answer.result = proto::attempt_result::refused;
    std::uint16_t port = request.wanted ? request.wanted->port : request.inner_port;
    if (request.lifetime.count() == 0) {
        router.remove(port);
        return answer;
    }
    answer.outer = router.outer_address();
    answer.lifetime = request.lifetime;
    int error = router.add(port, request.inner_port, answer.lifetime);
    if (error == only_permanent_leases)
        error = router.add(port, request.inner_port, std::chrono::seconds(0));
    if (error == port_is_taken) {
        // Somebody else's: any other port, of those that nobody is given (RFC 6335 §6).
        constexpr unsigned first = 49'152;
        const unsigned drawn = request.nonce[0] << 8u | request.nonce[1];
        port = static_cast<std::uint16_t>(first + drawn % (65'536 - first));
        error = router.add(port, request.inner_port, answer.lifetime);
    }
    if (error != 0) return answer;
    answer.outer.port = port;
    answer.result = proto::attempt_result::mapped;
    return answer;
}

}  // namespace meshhost::nat
