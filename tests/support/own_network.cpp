// SPDX-License-Identifier: Apache-2.0
#include "support/own_network.hpp"

#include "base/unique_fd.hpp"
#include "net/socket_address.hpp"
#include "support/catch.hpp"
#include "support/skip_run.hpp"

#include <net/if.h>
#include <sys/ioctl.h>
#include <sys/socket.h>

#include <cstring>
#include <sched.h>

namespace meshhost::test {

namespace {

const own_network network;

ifreq request_for(const char* device) {
    ifreq request{};
    std::strncpy(request.ifr_name, device, IFNAMSIZ - 1);
    return request;
}

bool configure(unsigned long what, ifreq& request) {
    const unique_fd any(::socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0));
    return ::ioctl(any.get(), what, &request) == 0;
}

bool set_flags(const char* device, short flags) {
    ifreq request = request_for(device);
    request.ifr_flags = flags;
    return configure(SIOCSIFFLAGS, request);
}

}  // namespace

own_network::own_network() {
    const bool entered =
        ::unshare(CLONE_NEWNET) == 0 || ::unshare(CLONE_NEWUSER | CLONE_NEWNET) == 0;
    if (!entered) skip_run("network namespaces are not permitted");
    if (!set_flags("lo", IFF_UP)) skip_run("the namespace's loopback device cannot be brought up");
}

void add_address(const ip_endpoint& address) {
    ifreq request = request_for("lo:1");
    std::memcpy(&request.ifr_addr, net::socket_address(address).data(), sizeof request.ifr_addr);
    REQUIRE(configure(SIOCSIFADDR, request));
}

void remove_added_address() {
    REQUIRE(set_flags("lo:1", 0));
}

void set_mtu(int bytes) {
    ifreq request = request_for("lo");
    request.ifr_mtu = bytes;
    REQUIRE(configure(SIOCSIFMTU, request));
}

}  // namespace meshhost::test
