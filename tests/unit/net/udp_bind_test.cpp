// SPDX-License-Identifier: Apache-2.0
#include "udp_fixture.hpp"

#include <fcntl.h>
#include <sys/socket.h>
#include <unistd.h>

#include <fstream>

using namespace meshhost;
using net::udp_socket;

namespace {

/// Acts as "nobody" for a while, if it may choose.
class without_privilege {
public:
    without_privilege()
        : was_(::geteuid()) {
        if (was_ == 0) REQUIRE(::seteuid(65'534) == 0);
    }
    ~without_privilege() { CHECK(::seteuid(was_) == 0); }

private:
    uid_t was_;
};

int first_unprivileged_port() {
    std::ifstream setting("/proc/sys/net/ipv4/ip_unprivileged_port_start");
    int port = 1'024;
    setting >> port;
    return port;
}

}  // namespace

TEST_CASE("net: port 0 becomes a port of the kernel's choice", "[net][udp]") {
    const udp_socket a = test::bind_loopback();
    const udp_socket b = test::bind_loopback();
    CHECK(a.local().port != 0);
    CHECK(a.local().is_loopback());
    CHECK(a.local().port != b.local().port);
}

TEST_CASE("net: a socket neither blocks nor is inherited", "[net][udp]") {
    const udp_socket socket = test::bind_loopback();
    CHECK((::fcntl(socket.native_handle(), F_GETFL) & O_NONBLOCK) != 0);
    CHECK((::fcntl(socket.native_handle(), F_GETFD) & FD_CLOEXEC) != 0);
}

TEST_CASE("net: a closed socket gives its port back", "[net][udp]") {
    const ip_endpoint where = test::bind_loopback().local();
    CHECK(udp_socket::bind(where).has_value());
}

TEST_CASE("net: a taken port names itself and the remedy", "[net][udp]") {
    const udp_socket first = test::bind_loopback();
    const auto second = udp_socket::bind(first.local());
    REQUIRE_FALSE(second.has_value());
    CHECK(second.error().code == "E_PORT_TAKEN");
    CHECK(second.error().exit == exit_code::failure);
    CHECK(second.error().message.find(first.local().to_string()) != std::string::npos);
    CHECK(second.error().hint.find("[net] port = 0") != std::string::npos);
}

TEST_CASE("net: an address of another machine is refused by name", "[net][udp]") {
    const auto bound = udp_socket::bind(ip_endpoint::v4({203, 0, 113, 1}, 0));
    REQUIRE_FALSE(bound.has_value());
    CHECK(bound.error().code == "E_NO_SUCH_ADDRESS");
    CHECK(bound.error().message.find("203.0.113.1") != std::string::npos);
}

TEST_CASE("net: a port that needs a privilege says so", "[net][udp]") {
    if (first_unprivileged_port() <= 1) return;  // here every port is for everybody
    const without_privilege nobody;
    const auto bound = udp_socket::bind(ip_endpoint::loopback_v4(1));
    REQUIRE_FALSE(bound.has_value());
    CHECK(bound.error().code == "E_PORT_FORBIDDEN");
    CHECK(bound.error().exit == exit_code::not_permitted);
}

TEST_CASE("net: the buffers asked for are as large as the kernel allows", "[net][udp]") {
    const udp_socket small = test::bind_loopback({.buffer_bytes = 64u << 10});
    const udp_socket large = test::bind_loopback({.buffer_bytes = 192u << 10});
    const auto receive_bytes = [](const udp_socket& socket) {
        int bytes = 0;
        socklen_t size = sizeof bytes;
        REQUIRE(::getsockopt(socket.native_handle(), SOL_SOCKET, SO_RCVBUF, &bytes, &size) == 0);
        return bytes;
    };
    CHECK(receive_bytes(small) >= 64 << 10);
    CHECK(receive_bytes(large) > receive_bytes(small));
}
