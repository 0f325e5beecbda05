// SPDX-License-Identifier: Apache-2.0
#pragma once
// A TCP port that listens.
#include "base/error.hpp"
#include "base/ip_endpoint.hpp"
#include "base/unique_fd.hpp"
#include "http/listener.hpp"

namespace meshhost::http {

/// Owns the listening descriptor. Movable.
class tcp_listener final : public listener {
public:
    /// Port 0: one that is free. Errors: E_PORT_TAKEN, E_PORT_FORBIDDEN (not_permitted),
    /// E_BIND.
    static outcome<tcp_listener> bind(const ip_endpoint& where);

    /// With the port that the kernel chose.
    const ip_endpoint& bound() const noexcept { return bound_; }

    int family() const noexcept override;
    int release_descriptor() noexcept override { return descriptor_.release(); }
    void remove_name() noexcept override {}

private:
    tcp_listener(ip_endpoint bound, unique_fd descriptor)
        : bound_(bound)
        , descriptor_(std::move(descriptor)) {}

    ip_endpoint bound_;
    unique_fd descriptor_;
};

}  // namespace meshhost::http
