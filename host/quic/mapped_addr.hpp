// SPDX-License-Identifier: Apache-2.0
#pragma once
// A path as ngtcp2 sees it: a pair of IPv6 ULAs (RFC 4193) made from the path id. Each path has
// a local address of its own, because ngtcp2 0.12 refuses a migration that keeps the local one.
// These addresses never leave the process.
#include "base/strong_id.hpp"

#include <netinet/in.h>
#include <ngtcp2/ngtcp2.h>

namespace meshhost::quic {

/// Storage and view of one mapped path. Not copyable: the view points into the storage.
class mapped_path {
public:
    explicit mapped_path(path_id id) noexcept;
    mapped_path(const mapped_path&) = delete;
    mapped_path& operator=(const mapped_path&) = delete;

    const ngtcp2_path* get() const noexcept { return &path_; }

private:
    sockaddr_in6 local_{};
    sockaddr_in6 remote_{};
    ngtcp2_path path_{};
};

/// The id behind a path that mapped_path made.
path_id path_id_of(const ngtcp2_path& path) noexcept;

}  // namespace meshhost::quic
