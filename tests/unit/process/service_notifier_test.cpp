// SPDX-License-Identifier: Apache-2.0
#include "base/unique_fd.hpp"
#include "process/service_notifier.hpp"
#include "support/catch.hpp"
#include "support/temp_dir.hpp"

#include <sys/socket.h>
#include <sys/un.h>

#include <cstddef>
#include <cstring>

using namespace meshhost;

namespace {

/// A service manager's end.
class manager {
public:
    /// A '@' in front: the abstract namespace.
    explicit manager(const std::string& name)
        : socket_(::socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0)) {
        sockaddr_un address{};
        address.sun_family = AF_UNIX;
        std::memcpy(address.sun_path, name.data(), name.size());
        if (name.front() == '@') address.sun_path[0] = '\0';
        const auto size = static_cast<socklen_t>(offsetof(sockaddr_un, sun_path) + name.size());
        REQUIRE(::bind(socket_.get(), reinterpret_cast<const sockaddr*>(&address), size) == 0);
    }

    /// A unix datagram is there when sendto() has returned.
    std::string received() {
        std::string text(256, '\0');
        const auto size = ::recv(socket_.get(), text.data(), text.size(), 0);
        text.resize(size > 0 ? static_cast<std::size_t>(size) : 0);
        return text;
    }

private:
    unique_fd socket_;
};

}  // namespace

TEST_CASE("app: the service manager hears every line", "[process]") {
    test::temp_dir directory;
    const auto path = (directory / "notify").string();
    manager systemd(path);
    const process::service_notifier notifier(path);
    notifier.say("READY=1\nSTATUS=ready");
    CHECK(systemd.received() == "READY=1\nSTATUS=ready");
    notifier.say("STOPPING=1");
    CHECK(systemd.received() == "STOPPING=1");
}

TEST_CASE("app: a socket in the abstract namespace is found", "[process]") {
    test::temp_dir directory;  // for a name that nobody else has
    const auto name = "@" + directory.path().string();
    manager systemd(name);
    process::service_notifier(name).say("READY=1");
    CHECK(systemd.received() == "READY=1");
}

TEST_CASE("app: nobody to notify is no error", "[process]") {
    process::service_notifier(std::nullopt).say("READY=1");
    process::service_notifier("").say("READY=1");
    process::service_notifier("/nowhere/at/all").say("READY=1");
    process::service_notifier(std::string(200, 'x')).say("READY=1");
    SUCCEED("still here");
}
