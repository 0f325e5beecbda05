// SPDX-License-Identifier: Apache-2.0
#include "process/service_notifier.hpp"

#include "base/unique_fd.hpp"

#include <sys/socket.h>
#include <sys/un.h>

#include <cstddef>
#include <cstring>

namespace meshhost::process {

void service_notifier::say(std::string_view lines) const noexcept {
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    if (!socket_ || socket_->empty() || socket_->size() >= sizeof address.sun_path) return;
    std::memcpy(address.sun_path, socket_->data(), socket_->size());
    if (address.sun_path[0] == '@') address.sun_path[0] = '\0';

    const unique_fd sender(::socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
    if (!sender) return;
    const auto length = static_cast<socklen_t>(offsetof(sockaddr_un, sun_path) + socket_->size());
    [[maybe_unused]] const auto sent = ::sendto(
        sender.get(),
        lines.data(),
        lines.size(),
        MSG_NOSIGNAL,
        reinterpret_cast<const sockaddr*>(&address),
        length
    );
}

}  // namespace meshhost::process
