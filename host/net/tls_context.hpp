// SPDX-License-Identifier: Apache-2.0
#pragma once
// TLS for what is not a peer of the mesh: relays and whoever asks them. Names and X.509
// certificates, as a browser has it (RFC 5280, RFC 9525), by OpenSSL; peers of the mesh prove raw
// keys over QUIC, which is another matter (quic/tls_context.hpp).
#include "base/error.hpp"

#include <filesystem>
#include <memory>
#include <vector>

struct ssl_ctx_st;  // OpenSSL's SSL_CTX

namespace meshhost::net {

namespace detail {
struct free_ssl_ctx {
    void operator()(ssl_ctx_st* context) const noexcept;
};
using ssl_ctx_ptr = std::unique_ptr<ssl_ctx_st, free_ssl_ctx>;
}  // namespace detail

/// Whom a client trusts to vouch for a name.
struct tls_trust {
    bool system = true;                              ///< the authorities of the machine
    std::vector<std::filesystem::path> authorities;  ///< PEM files, besides
};

/// Shared by any number of connections. Immutable once made; any thread.
class tls_client_context {
public:
    /// Errors: E_TLS when a file cannot be read or has no certificate in it.
    static outcome<std::unique_ptr<tls_client_context>> make(const tls_trust& trust = {});

    ssl_ctx_st& native() const noexcept { return *context_; }

private:
    explicit tls_client_context(detail::ssl_ctx_ptr context) noexcept
        : context_(std::move(context)) {}

    detail::ssl_ctx_ptr context_;
};

/// As above, for those who are connected to.
class tls_server_context {
public:
    /// PEM: the chain with the server's own certificate first, and its key. Errors: E_TLS when one
    /// cannot be read, they do not belong together, or anybody may read the key (not_permitted).
    static outcome<std::unique_ptr<tls_server_context>> make(
        const std::filesystem::path& chain,
        const std::filesystem::path& key
    );

    ssl_ctx_st& native() const noexcept { return *context_; }

private:
    explicit tls_server_context(detail::ssl_ctx_ptr context) noexcept
        : context_(std::move(context)) {}

    detail::ssl_ctx_ptr context_;
};

}  // namespace meshhost::net
