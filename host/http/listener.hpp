// SPDX-License-Identifier: Apache-2.0
#pragma once
// Where a server takes its clients from.

namespace meshhost::http {

/// A socket that listens, and what goes away with it.
class listener {
public:
    virtual ~listener() = default;

    /// AF_UNIX, AF_INET or AF_INET6.
    virtual int family() const noexcept = 0;
    /// Hands the descriptor over (non-blocking, listening); -1 from then on.
    virtual int release_descriptor() noexcept = 0;
    /// Nobody finds it any more. Idempotent.
    virtual void remove_name() noexcept = 0;
};

}  // namespace meshhost::http
