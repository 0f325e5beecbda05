// SPDX-License-Identifier: Apache-2.0
#include "net/interface_monitor.hpp"

#include "base/unique_fd.hpp"
#include "net/deadline_timer.hpp"
#include "net/netlink_message.hpp"
#include "net/readable_watch.hpp"
#include "net/shard.hpp"
#include "net/socket_address.hpp"

#include <linux/netlink.h>
#include <linux/rtnetlink.h>
#include <net/if.h>
#include <sys/socket.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <ifaddrs.h>
#include <optional>
#include <system_error>
#include <tuple>
#include <utility>

namespace meshhost::net {

namespace {

constexpr std::size_t notification_bytes_max = 8'192;  // what the kernel itself puts in one batch
constexpr int notifications_per_turn = 32;

bool is_usable(const ip_endpoint& address) noexcept {
    return !address.is_link_local() && !address.is_unspecified() && !address.is_multicast();
}

bool in_order(const ip_endpoint& a, const ip_endpoint& b) noexcept {
    return std::tuple(a.is_loopback(), a) < std::tuple(b.is_loopback(), b);
}

failure netlink_failure(int error) {
    return {
        exit_code::failure,
        "E_NETLINK",
        "cannot watch the network interfaces: " + std::generic_category().message(error),
        ""};
}

}  // namespace

std::vector<ip_endpoint> interface_addresses() {
    ifaddrs* list = nullptr;
    if (::getifaddrs(&list) != 0) return {};
    const std::unique_ptr<ifaddrs, decltype(&::freeifaddrs)> owned(list, &::freeifaddrs);

    std::vector<ip_endpoint> addresses;
    for (const ifaddrs* at = list; at != nullptr; at = at->ifa_next) {
        // Up, and with a carrier: a bridge without members has an address that leads nowhere.
        constexpr unsigned working = IFF_UP | IFF_RUNNING;
        if ((at->ifa_flags & working) != working) continue;
        const std::optional<ip_endpoint> address = to_endpoint(at->ifa_addr);
        if (address && is_usable(*address)) addresses.push_back(*address);
    }
    std::sort(addresses.begin(), addresses.end(), in_order);
    addresses.erase(std::unique(addresses.begin(), addresses.end()), addresses.end());
    if (addresses.size() > interface_addresses_max) addresses.resize(interface_addresses_max);
    return addresses;
}

/// Netlink readable → read_address_news → one deadline → compare → tell.
class interface_monitor::state final : readable_sink, deadline_sink {
public:
    state(shard& owner, unique_fd netlink, address_sink& sink)
        : shard_(owner)
        , netlink_(std::move(netlink))
        , sink_(sink)
        , watch_(owner, netlink_.get(), *this)
        , timer_(owner, *this) {}

    result<void> start() { return watch_.start(); }

private:
    bool on_readable() override {
        for (int i = 0; i < notifications_per_turn; ++i) {
            sockaddr_nl sender{};
            socklen_t sender_size = sizeof sender;
            const ssize_t size = ::recvfrom(
                netlink_.get(),
                buffer_.data(),
                buffer_.size(),
                MSG_DONTWAIT | MSG_TRUNC,
                reinterpret_cast<sockaddr*>(&sender),
                &sender_size
            );
            if (size < 0 && errno == EAGAIN) return true;
            if (size < 0 && errno == EINTR) continue;
            // ENOBUFS, or longer than the buffer: something was lost on the way.
            const bool whole = size >= 0 && static_cast<std::size_t>(size) <= buffer_.size();
            if (!whole) {
                note(address_news::lost);
            } else if (sender.nl_pid == 0) {  // the kernel itself
                note(read_address_news({buffer_.data(), static_cast<std::size_t>(size)}));
            }
        }
        return false;
    }

    void note(address_news news) {
        if (news == address_news::none) return;
        const time_point now = shard_.now();
        if (pending_ == address_news::none) first_event_ = now;
        pending_ = std::max(pending_, news);
        timer_.arm(std::min(now + address_settle_time, first_event_ + address_settle_time_max));
    }

    void on_deadline(time_point) override {
        std::vector<ip_endpoint> addresses = interface_addresses();
        const bool is_change = pending_ == address_news::lost || addresses != known_;
        known_ = std::move(addresses);
        pending_ = address_news::none;
        if (is_change) sink_.on_addresses_changed();
    }

    shard& shard_;
    unique_fd netlink_;
    address_sink& sink_;
    readable_watch watch_;  // goes before its descriptor
    deadline_timer timer_;
    std::vector<ip_endpoint> known_ = interface_addresses();
    address_news pending_ = address_news::none;
    time_point first_event_{};
    alignas(nlmsghdr) std::array<std::uint8_t, notification_bytes_max> buffer_;
};

outcome<std::unique_ptr<interface_monitor>> interface_monitor::open(
    shard& owner,
    address_sink& sink
) {
    unique_fd netlink(::socket(AF_NETLINK, SOCK_RAW | SOCK_NONBLOCK | SOCK_CLOEXEC, NETLINK_ROUTE));
    if (!netlink) return netlink_failure(errno);
    sockaddr_nl address{};
    address.nl_family = AF_NETLINK;
    address.nl_groups = RTMGRP_LINK | RTMGRP_IPV4_IFADDR | RTMGRP_IPV6_IFADDR;
    if (::bind(netlink.get(), reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0) {
        return netlink_failure(errno);
    }
    auto made = std::make_unique<state>(owner, std::move(netlink), sink);
    if (result<void> started = made->start(); !started) {
        return netlink_failure(started.error().value());
    }
    return std::unique_ptr<interface_monitor>(new interface_monitor(std::move(made)));
}

interface_monitor::interface_monitor(std::unique_ptr<state> made)
    : state_(std::move(made)) {}
interface_monitor::~interface_monitor() = default;

}  // namespace meshhost::net
