// SPDX-License-Identifier: Apache-2.0
#include "base/unique_fd.hpp"
#include "nat/router_request.hpp"
#include "net/socket_address.hpp"

#include <sys/socket.h>

#include <array>
#include <poll.h>

namespace meshhost::nat {

namespace {

constexpr std::array waits{250, 500, 1'000};  // milliseconds, each after another request
constexpr int answers_per_wait = 16;          // what does not fit is read and waited past so often

/// What came within the wait and answers; foreign: nothing did.
proto::pcp_answer wait_for_answer(int fd, const proto::pcp_request& asked, int milliseconds) {
    for (int i = 0; i < answers_per_wait; ++i) {
        pollfd wait{fd, POLLIN, 0};
        if (::poll(&wait, 1, milliseconds) <= 0) return {};
        std::array<std::uint8_t, proto::pcp_message_max> buffer;
        const ssize_t size = ::recv(fd, buffer.data(), buffer.size(), 0);
        if (size < 0) {
            // Refused: nobody listens there.
            proto::pcp_answer none;
            none.verdict = proto::pcp_verdict::unsupported;
            return none;
        }
        const auto said =
            proto::read_pcp_answer({buffer.data(), static_cast<std::size_t>(size)}, asked);
        if (said.verdict != proto::pcp_verdict::foreign) return said;
    }
    return {};
}

}  // namespace

router_answer ask_pcp(const router_request& request, const ip_endpoint& gateway) {
    router_answer none{request.number, proto::attempt_result::no_router, {}, {}};
    // Connected: only the router's answers come, and the kernel says which address is ours.
    const unique_fd fd(::socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0));
    net::socket_address to(gateway);
    net::socket_address own;
    socklen_t size = net::socket_address::size_max;
    if (!fd || ::connect(fd.get(), to.data(), to.size()) != 0
        || ::getsockname(fd.get(), own.data(), &size) != 0)
        return none;
    proto::pcp_request asked{*own.endpoint(), request.nonce, request.lifetime, request.wanted};
    asked.client.port = request.inner_port;
    const byte_buffer message = proto::encode_pcp_request(asked);
    for (const int wait : waits) {
        if (::send(fd.get(), message.data(), message.size(), 0) < 0) return none;
        const auto said = wait_for_answer(fd.get(), asked, wait);
        switch (said.verdict) {
        case proto::pcp_verdict::granted:
            return {request.number, proto::attempt_result::mapped, said.outer, said.lifetime};
        case proto::pcp_verdict::refused:
            return {request.number, proto::attempt_result::refused, {}, {}};
        case proto::pcp_verdict::unsupported:
            return none;
        case proto::pcp_verdict::foreign:
            break;
        }
    }
    return none;
}

}  // namespace meshhost::nat
