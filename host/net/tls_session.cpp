// SPDX-License-Identifier: Apache-2.0
#include "net/tls_session.hpp"

#include <sys/socket.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <limits>
#include <new>

#include <openssl/bio.h>
#include <openssl/err.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>

namespace meshhost::net {

/// What OpenSSL reads from and writes to.
struct tls_session::transport {
    int descriptor;
    byte_buffer unsent;
    bool is_ended = false;

    /// All of it is taken, or it failed.
    bool send(bytes_view bytes) {
        if (unsent.empty()) {
            const ssize_t sent = ::send(descriptor, bytes.data(), bytes.size(), MSG_NOSIGNAL);
            if (sent < 0 && errno != EAGAIN && errno != EINTR) return false;
            bytes = bytes.subspan(static_cast<std::size_t>(std::max<ssize_t>(sent, 0)));
        }
        if (unsent.size() + bytes.size() > unsent_max) return false;
        unsent.insert(unsent.end(), bytes.begin(), bytes.end());
        return true;
    }

    /// false: it failed.
    bool flush() {
        if (unsent.empty()) return true;
        const ssize_t sent = ::send(descriptor, unsent.data(), unsent.size(), MSG_NOSIGNAL);
        if (sent < 0) return errno == EAGAIN || errno == EINTR;
        unsent.erase(unsent.begin(), unsent.begin() + sent);
        if (unsent.empty()) byte_buffer().swap(unsent);
        return true;
    }

    static int on_write(BIO* bio, const char* data, int size) {
        auto& self = *static_cast<transport*>(BIO_get_data(bio));
        BIO_clear_retry_flags(bio);
        const std::string_view text(data, static_cast<std::size_t>(std::max(size, 0)));
        return self.send(as_bytes(text)) ? size : -1;
    }

    static int on_read(BIO* bio, char* data, int size) {
        auto& self = *static_cast<transport*>(BIO_get_data(bio));
        BIO_clear_retry_flags(bio);
        const ssize_t got =
            ::recv(self.descriptor, data, static_cast<std::size_t>(std::max(size, 0)), 0);
        if (got < 0 && (errno == EAGAIN || errno == EINTR)) BIO_set_retry_read(bio);
        if (got == 0) self.is_ended = true;
        return static_cast<int>(got);
    }

    static long on_control(BIO*, int command, long, void*) {
        return command == BIO_CTRL_FLUSH ? 1 : 0;
    }

    static int on_create(BIO* bio) {
        BIO_set_init(bio, 1);
        return 1;
    }

    static BIO_METHOD* method() {
        static BIO_METHOD* const made = [] {
            BIO_METHOD* const fresh =
                BIO_meth_new(BIO_get_new_index() | BIO_TYPE_SOURCE_SINK, "meshhost socket");
            if (fresh == nullptr) throw std::bad_alloc();
            BIO_meth_set_write(fresh, on_write);
            BIO_meth_set_read(fresh, on_read);
            BIO_meth_set_ctrl(fresh, on_control);
            BIO_meth_set_create(fresh, on_create);
            return fresh;
        }();
        return made;
    }
};

tls_session::tls_session(ssl_ctx_st& context, int descriptor)
    : transport_(new transport{descriptor, {}})
    , ssl_(SSL_new(&context)) {
    BIO* const bio = BIO_new(transport::method());
    if (ssl_ == nullptr || bio == nullptr) {
        SSL_free(ssl_);
        BIO_free(bio);
        throw std::bad_alloc();
    }
    BIO_set_data(bio, transport_.get());
    SSL_set_bio(ssl_, bio, bio);
}

tls_session::~tls_session() {
    SSL_free(ssl_);
}

std::unique_ptr<tls_session> tls_session::to_server(
    ssl_ctx_st& context,
    int descriptor,
    std::string_view name
) {
    std::unique_ptr<tls_session> made(new tls_session(context, descriptor));
    std::string host(name);
    if (host.size() > 2 && host.front() == '[') host = host.substr(1, host.size() - 2);
    X509_VERIFY_PARAM* const verify = SSL_get0_param(made->ssl_);
    if (X509_VERIFY_PARAM_set1_ip_asc(verify, host.c_str()) != 1) {
        ERR_clear_error();  // it is a name, then
        SSL_set_tlsext_host_name(made->ssl_, host.c_str());
        SSL_set_hostflags(made->ssl_, X509_CHECK_FLAG_NO_PARTIAL_WILDCARDS);
        SSL_set1_host(made->ssl_, host.c_str());
    }
    SSL_set_connect_state(made->ssl_);
    return made;
}

std::unique_ptr<tls_session> tls_session::to_client(ssl_ctx_st& context, int descriptor) {
    std::unique_ptr<tls_session> made(new tls_session(context, descriptor));
    SSL_set_accept_state(made->ssl_);
    return made;
}

/// What OpenSSL says of a call that did not succeed.
io_step tls_session::judge(int returned) {
    switch (SSL_get_error(ssl_, returned)) {
    case SSL_ERROR_WANT_READ:
        return {0, transport_->unsent.empty() ? io_state::wants_read : io_state::wants_write};
    case SSL_ERROR_WANT_WRITE:
        return {0, io_state::wants_write};
    case SSL_ERROR_ZERO_RETURN:
        return {0, io_state::ended};
    default:
        break;
    }
    const long verdict = SSL_get_verify_result(ssl_);
    const unsigned long code = ERR_peek_error();
    const char* const reason = code == 0 ? nullptr : ERR_reason_error_string(code);
    if (verdict != X509_V_OK)
        fault_ = X509_verify_cert_error_string(verdict);
    else if (transport_->is_ended)
        fault_ = "the other end has closed";
    else
        fault_ = reason == nullptr ? std::strerror(errno) : reason;
    ERR_clear_error();
    return {0, transport_->is_ended ? io_state::ended : io_state::failed};
}

io_step tls_session::handshake() {
    if (!flush()) return {0, io_state::failed};
    ERR_clear_error();
    const int returned = SSL_do_handshake(ssl_);
    if (returned != 1) return judge(returned);
    return {0, transport_->unsent.empty() ? io_state::done : io_state::wants_write};
}

io_step tls_session::read(std::span<std::uint8_t> into) {
    ERR_clear_error();
    std::size_t count = 0;
    while (count < into.size()) {
        std::size_t got = 0;
        const int returned = SSL_read_ex(ssl_, into.data() + count, into.size() - count, &got);
        if (returned != 1) {
            if (count > 0) break;
            io_step step = judge(returned);
            if (step.state == io_state::wants_write) step.state = io_state::wants_read;
            return step;
        }
        count += got;
    }
    return {count, io_state::done};
}

io_step tls_session::write(bytes_view from) {
    if (!flush()) return {0, io_state::failed};
    ERR_clear_error();
    std::size_t count = 0;
    while (count < from.size() && transport_->unsent.empty()) {
        const std::size_t size =
            std::min<std::size_t>(from.size() - count, SSL3_RT_MAX_PLAIN_LENGTH);
        std::size_t taken = 0;
        const int returned = SSL_write_ex(ssl_, from.data() + count, size, &taken);
        if (returned != 1) return {count, judge(returned).state};
        count += taken;
    }
    return {count, transport_->unsent.empty() ? io_state::done : io_state::wants_write};
}

void tls_session::close() {
    ERR_clear_error();
    if (SSL_is_init_finished(ssl_) == 1) SSL_shutdown(ssl_);
    ERR_clear_error();
}

bool tls_session::export_key(
    std::string_view label,
    bytes_view context,
    std::span<std::uint8_t> out
) {
    if (SSL_is_init_finished(ssl_) != 1) return false;
    return SSL_export_keying_material(
               ssl_,
               out.data(),
               out.size(),
               label.data(),
               label.size(),
               context.data(),
               context.size(),
               1
           )
           == 1;
}

bool tls_session::flush() {
    if (transport_->flush()) return true;
    fault_ = std::strerror(errno);
    return false;
}

}  // namespace meshhost::net
