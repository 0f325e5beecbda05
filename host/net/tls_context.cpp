// SPDX-License-Identifier: Apache-2.0
#include "net/tls_context.hpp"

#include <fmt/format.h>

#include <unistd.h>

#include <cerrno>
#include <optional>
#include <string>
#include <system_error>

#include <openssl/err.h>
#include <openssl/ssl.h>
#include <openssl/x509err.h>

namespace meshhost::net {

namespace {

/// The oldest error that OpenSSL holds for this thread, which is the cause of those behind it.
std::string cause() {
    const unsigned long code = ERR_get_error();
    ERR_clear_error();
    const char* const text = code == 0 ? nullptr : ERR_reason_error_string(code);
    return text == nullptr ? "no reason given" : text;
}

failure tls_failure(std::string_view what, const std::filesystem::path& file, std::string why) {
    return {
        exit_code::invalid,
        "E_TLS",
        fmt::format("{} {}: {}", what, file.string(), why),
        "it has to be a PEM file that this user can read, without a passphrase"};
}

failure tls_failure(std::string_view what, const std::filesystem::path& file) {
    return tls_failure(what, file, cause());
}

/// OpenSSL says nothing of why a file cannot be opened, and would wait for what a pipe may bring.
std::optional<std::string> why_unreadable(const std::filesystem::path& file) {
    std::error_code error;
    if (!std::filesystem::is_regular_file(file, error))
        return error ? error.message() : "it is no regular file";
    if (::access(file.c_str(), R_OK) != 0) return std::generic_category().message(errno);
    return std::nullopt;
}

bool is_anybodys(const std::filesystem::path& file) {
    using std::filesystem::perms;
    std::error_code unknown;
    const auto mode = std::filesystem::status(file, unknown).permissions();
    return !unknown && (mode & (perms::others_read | perms::others_write)) != perms::none;
}

failure no_secret(const std::filesystem::path& key) {
    return {
        exit_code::not_permitted,
        "E_TLS",
        fmt::format("anybody on this machine may use the certificate's key {}", key.string()),
        fmt::format("chmod 600 {}", key.string())};
}

bool is_of_another(unsigned long error) {
    return ERR_GET_LIB(error) == ERR_LIB_X509
           && ERR_GET_REASON(error) == X509_R_KEY_VALUES_MISMATCH;
}

failure no_pair(const std::filesystem::path& chain, const std::filesystem::path& key) {
    ERR_clear_error();
    return {
        exit_code::invalid,
        "E_TLS",
        fmt::format("the certificate {} was not made for the key {}", chain.string(), key.string()),
        "name the two that belong together; the server's own certificate is the first of its file"};
}

/// Nobody is there to be asked.
int no_passphrase(char*, int, int, void*) {
    return -1;
}

/// What both ends have in common. A connection that is idle holds no buffers; renegotiation is a
/// way to make the other end work, and TLS 1.3 has none.
detail::ssl_ctx_ptr make_context(const SSL_METHOD* method) {
    ERR_clear_error();
    detail::ssl_ctx_ptr context(SSL_CTX_new(method));
    if (!context) return context;
    SSL_CTX_set_min_proto_version(context.get(), TLS1_2_VERSION);
    SSL_CTX_set_options(context.get(), SSL_OP_NO_RENEGOTIATION | SSL_OP_NO_COMPRESSION);
    SSL_CTX_set_mode(context.get(), SSL_MODE_RELEASE_BUFFERS);
    SSL_CTX_set_read_ahead(context.get(), 1);
    SSL_CTX_set_session_cache_mode(context.get(), SSL_SESS_CACHE_OFF);
    return context;
}

failure no_memory() {
    return {exit_code::failure, "E_TLS", fmt::format("cannot set up TLS: {}", cause()), ""};
}

}  // namespace

void detail::free_ssl_ctx::operator()(ssl_ctx_st* context) const noexcept {
    SSL_CTX_free(context);
}

outcome<std::unique_ptr<tls_client_context>> tls_client_context::make(const tls_trust& trust) {
    auto context = make_context(TLS_client_method());
    if (!context) return no_memory();
    SSL_CTX_set_verify(context.get(), SSL_VERIFY_PEER, nullptr);
    if (trust.system && SSL_CTX_set_default_verify_paths(context.get()) != 1)
        return failure{
            exit_code::failure,
            "E_TLS",
            fmt::format("cannot read the certificate authorities of this machine: {}", cause()),
            "install ca-certificates"};
    for (const auto& file : trust.authorities) {
        if (const auto why = why_unreadable(file))
            return tls_failure("cannot read the certificate authority", file, *why);
        if (SSL_CTX_load_verify_file(context.get(), file.c_str()) != 1)
            return tls_failure("cannot read the certificate authority", file);
    }
    return std::unique_ptr<tls_client_context>(new tls_client_context(std::move(context)));
}

outcome<std::unique_ptr<tls_server_context>> tls_server_context::make(
    const std::filesystem::path& chain,
    const std::filesystem::path& key
) {
    auto context = make_context(TLS_server_method());
    if (!context) return no_memory();
    SSL_CTX_set_num_tickets(context.get(), 0);  // clients stay for hours: nothing to resume
    SSL_CTX_set_options(context.get(), SSL_OP_NO_TICKET);
    SSL_CTX_set_default_passwd_cb(context.get(), no_passphrase);
    if (const auto why = why_unreadable(chain))
        return tls_failure("cannot read the certificate", chain, *why);
    if (const auto why = why_unreadable(key))
        return tls_failure("cannot read the certificate's key", key, *why);
    if (is_anybodys(key)) return no_secret(key);
    if (SSL_CTX_use_certificate_chain_file(context.get(), chain.c_str()) != 1)
        return tls_failure("cannot read the certificate", chain);
    if (SSL_CTX_use_PrivateKey_file(context.get(), key.c_str(), SSL_FILETYPE_PEM) != 1)
        return is_of_another(ERR_peek_error())
                   ? no_pair(chain, key)
                   : tls_failure("cannot read the certificate's key", key);
    // Of another kind than the certificate's, a key is taken without a word.
    if (SSL_CTX_check_private_key(context.get()) != 1) return no_pair(chain, key);
    return std::unique_ptr<tls_server_context>(new tls_server_context(std::move(context)));
}

}  // namespace meshhost::net
