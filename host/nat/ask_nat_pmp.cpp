// SPDX-License-Identifier: Apache-2.0
#include "nat/router_request.hpp"

#include <netinet/in.h>
#include <sys/time.h>

#include <algorithm>
#include <cstring>
#include <natpmp.h>
#include <poll.h>

namespace meshhost::nat {

namespace {

/// The library doubles its wait nine times, two minutes in all; three of them are 1.75 s.
constexpr int waits_max = 3;
constexpr int turns_max = 16;

class session {
public:
    explicit session(const ip_endpoint& gateway) {
        in_addr address{};
        std::memcpy(&address, gateway.address.data(), sizeof address);
        is_open_ = ::initnatpmp(&library_, 1, address.s_addr) == 0;
    }
    session(const session&) = delete;
    session& operator=(const session&) = delete;
    ~session() {
        if (is_open_) ::closenatpmp(&library_);
    }

    bool is_open() const noexcept { return is_open_; }
    natpmp_t* get() noexcept { return &library_; }

    /// 0, or the library's error.
    int wait(natpmpresp_t& answer) {
        int waits = 0;
        for (int i = 0; i < turns_max; ++i) {
            timeval left{};
            if (::getnatpmprequesttimeout(&library_, &left) != 0) return NATPMP_ERR_NOPENDINGREQ;
            const auto milliseconds = left.tv_sec * 1'000 + left.tv_usec / 1'000 + 1;
            pollfd ready{library_.s, POLLIN, 0};
            ::poll(&ready, 1, static_cast<int>(std::clamp(milliseconds, 0L, 2'000L)));
            const bool is_over = ready.revents == 0 && ++waits == waits_max;
            if (is_over) return NATPMP_ERR_NOGATEWAYSUPPORT;
            const int said = ::readnatpmpresponseorretry(&library_, &answer);
            if (said != NATPMP_TRYAGAIN && said != NATPMP_ERR_WRONGPACKETSOURCE) return said;
        }
        return NATPMP_ERR_NOGATEWAYSUPPORT;
    }

private:
    natpmp_t library_{};
    bool is_open_ = false;
};

proto::attempt_result result_of(int error) {
    switch (error) {
    case NATPMP_ERR_UNDEFINEDERROR:
    case NATPMP_ERR_NOTAUTHORIZED:
    case NATPMP_ERR_NETWORKFAILURE:
    case NATPMP_ERR_OUTOFRESOURCES:
        return proto::attempt_result::refused;
    default:
        return proto::attempt_result::no_router;
    }
}

}  // namespace

router_answer ask_nat_pmp(const router_request& request, const ip_endpoint& gateway) {
    router_answer answer{request.number, proto::attempt_result::no_router, {}, {}};
    session router(gateway);
    if (!router.is_open()) return answer;
    natpmpresp_t said{};
    const bool is_release = request.lifetime.count() == 0;
    if (!is_release) {
        if (::sendpublicaddressrequest(router.get()) < 0) return answer;
        const int error = router.wait(said);
        if (error != 0 || said.type != NATPMP_RESPTYPE_PUBLICADDRESS) {
            answer.result = result_of(error);
            return answer;
        }
        std::memcpy(answer.outer.address.data(), &said.pnu.publicaddress.addr, 4);
    }
    const std::uint16_t wanted = is_release       ? std::uint16_t{0}
                                 : request.wanted ? request.wanted->port
                                                  : request.inner_port;
    const auto lifetime = static_cast<std::uint32_t>(request.lifetime.count());
    const int sent = ::sendnewportmappingrequest(
        router.get(),
        NATPMP_PROTOCOL_UDP,
        request.inner_port,
        wanted,
        lifetime
    );
    if (sent < 0) return answer;
    const int error = router.wait(said);
    const bool is_ours = error == 0 && said.type == NATPMP_RESPTYPE_UDPPORTMAPPING
                         && said.pnu.newportmapping.privateport == request.inner_port;
    if (!is_ours) {
        answer.result = result_of(error);
        return answer;
    }
    answer.outer.port = said.pnu.newportmapping.mappedpublicport;
    answer.lifetime = std::chrono::seconds(said.pnu.newportmapping.lifetime);
    answer.result = proto::attempt_result::mapped;
    return answer;
}

}  // namespace meshhost::nat
