// SPDX-License-Identifier: Apache-2.0
#pragma once
// Tells a service manager how far we are: sd_notify(3) without its library. One datagram to the
// unix socket that $NOTIFY_SOCKET names.
#include <optional>
#include <string>
#include <string_view>

namespace meshhost::process {

class service_notifier {
public:
    /// `socket`: a path, or "@NAME" for the abstract namespace; nullopt: nobody wants to know.
    explicit service_notifier(std::optional<std::string> socket)
        : socket_(std::move(socket)) {}

    /// Lines such as "READY=1" and "STATUS=...". Never blocks and never fails: that the manager
    /// cannot be told is no reason not to run.
    void say(std::string_view lines) const noexcept;

private:
    std::optional<std::string> socket_;
};

}  // namespace meshhost::process
