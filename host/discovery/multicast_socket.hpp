// SPDX-License-Identifier: Apache-2.0
#pragma once
// UDP port 5353 of one family, shared with whoever else listens there (avahi, systemd-resolved,
// other hosts on this machine): members of the mDNS group on a set of interfaces, and nothing that
// came any other way. RFC 6762 §11.
#include "base/bytes.hpp"
#include "base/error.hpp"
#include "base/ip_endpoint.hpp"
#include "base/unique_fd.hpp"
#include "discovery/multicast_interfaces.hpp"

#include <array>
#include <optional>
#include <vector>

namespace meshhost::discovery {

/// Non-blocking; not thread-safe; closes with its owner.
class multicast_socket {
public:
    /// Errors: E_MDNS_SOCKET, with the kernel's cause; a machine without the family has it, too.
    static outcome<multicast_socket> open(ip_family family);

    int native_handle() const noexcept { return fd_.get(); }

    /// Joins the group on these interfaces and leaves it on all others. Those that the kernel
    /// refuses (gone since, too many) are left out.
    void join(const std::vector<multicast_interface>& interfaces);
    std::size_t joined() const noexcept { return joined_.size(); }

    /// To the group, out of every interface joined. What cannot be sent is lost.
    void send(bytes_view message) const;

    struct received {
        ip_endpoint from;
        bytes_view message;  ///< until the next call
    };
    /// What waits; nullopt: nothing more. What did not come to the group, and so may have come
    /// from another network, or is too long, is an empty message.
    std::optional<received> receive();

private:
    multicast_socket(unique_fd fd, ip_family family)
        : fd_(std::move(fd))
        , family_(family) {}
    bool set_membership(unsigned interface, bool is_member) const;

    unique_fd fd_;
    ip_family family_;
    std::vector<multicast_interface> joined_;
    std::array<std::uint8_t, 2048> buffer_{};
};

}  // namespace meshhost::discovery
