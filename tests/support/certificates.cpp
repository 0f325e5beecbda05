// SPDX-License-Identifier: Apache-2.0
#include "support/certificates.hpp"

#include <cstdio>
#include <memory>
#include <stdexcept>

#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/x509v3.h>

namespace meshhost::test {

namespace {

template <auto Free>
struct freeing {
    template <class T>
    void operator()(T* what) const {
        Free(what);
    }
};
using key_ptr = std::unique_ptr<EVP_PKEY, freeing<EVP_PKEY_free>>;
using certificate_ptr = std::unique_ptr<X509, freeing<X509_free>>;
using file_ptr = std::unique_ptr<std::FILE, freeing<std::fclose>>;

constexpr long day = 24L * 60 * 60;

void check(bool is_well) {
    if (!is_well) throw std::runtime_error("cannot make a certificate");
}

key_ptr make_key() {
    key_ptr key(EVP_EC_gen("P-256"));
    check(key != nullptr);
    return key;
}

void add_extension(X509* to, X509* issuer, int kind, const char* value) {
    X509V3_CTX context;
    X509V3_set_ctx_nodb(&context);
    X509V3_set_ctx(&context, issuer, to, nullptr, nullptr, 0);
    X509_EXTENSION* const made = X509V3_EXT_conf_nid(nullptr, &context, kind, value);
    check(made != nullptr);
    X509_add_ext(to, made, -1);
    X509_EXTENSION_free(made);
}

certificate_ptr make_certificate(const char* name, EVP_PKEY* key, long serial) {
    certificate_ptr made(X509_new());
    check(made != nullptr);
    X509_set_version(made.get(), X509_VERSION_3);
    ASN1_INTEGER_set(X509_get_serialNumber(made.get()), serial);
    X509_gmtime_adj(X509_getm_notBefore(made.get()), -day);
    X509_gmtime_adj(X509_getm_notAfter(made.get()), day);
    X509_set_pubkey(made.get(), key);
    X509_NAME_add_entry_by_txt(
        X509_get_subject_name(made.get()),
        "CN",
        MBSTRING_ASC,
        reinterpret_cast<const unsigned char*>(name),
        -1,
        -1,
        0
    );
    return made;
}

void sign(X509* what, X509* issuer, EVP_PKEY* key) {
    X509_set_issuer_name(what, X509_get_subject_name(issuer));
    check(X509_sign(what, key, EVP_sha256()) > 0);
}

void write(const std::filesystem::path& file, X509* what) {
    const file_ptr out(std::fopen(file.c_str(), "w"));
    check(out != nullptr && PEM_write_X509(out.get(), what) == 1);
}

}  // namespace

certificate_files make_certificates(const std::filesystem::path& directory) {
    const auto authority_key = make_key();
    const auto authority = make_certificate("an authority of a test", authority_key.get(), 1);
    add_extension(authority.get(), authority.get(), NID_basic_constraints, "critical,CA:TRUE");
    sign(authority.get(), authority.get(), authority_key.get());

    const auto key = make_key();
    const auto server = make_certificate("localhost", key.get(), 2);
    add_extension(
        server.get(),
        authority.get(),
        NID_subject_alt_name,
        "DNS:localhost,IP:127.0.0.1"
    );
    sign(server.get(), authority.get(), authority_key.get());

    const certificate_files files{
        directory / "authority.pem",
        directory / "chain.pem",
        directory / "key.pem"};
    write(files.authority, authority.get());
    write(files.chain, server.get());
    const file_ptr out(std::fopen(files.key.c_str(), "w"));
    std::filesystem::permissions(
        files.key,
        std::filesystem::perms::owner_read | std::filesystem::perms::owner_write
    );
    check(
        out != nullptr
        && PEM_write_PrivateKey(out.get(), key.get(), nullptr, nullptr, 0, nullptr, nullptr) == 1
    );
    return files;
}

}  // namespace meshhost::test
