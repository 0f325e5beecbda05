// SPDX-License-Identifier: Apache-2.0
#include "net/tls_certificate.hpp"

#include "base/assert.hpp"

#include <fmt/chrono.h>
#include <fmt/format.h>

#include <algorithm>
#include <ctime>
#include <string_view>

#include <openssl/ssl.h>
#include <openssl/x509v3.h>

namespace meshhost::net {

namespace {

std::string day_of(const ASN1_TIME* at) {
    std::tm parts{};
    return ASN1_TIME_to_tm(at, &parts) == 1 ? fmt::format("{:%Y-%m-%d %H:%M} UTC", parts)
                                            : "a time that cannot be read";
}

/// "mesh.example:7780" → "mesh.example", "[::1]:7780" → "::1".
std::string without_port(std::string_view name) {
    if (name.starts_with('[')) return std::string(name.substr(1, name.find(']') - 1));
    return std::string(name.substr(0, name.find(':')));
}

/// A third of its life is left, as those who renew by themselves have it; two weeks at most.
std::chrono::hours renewal_due(const ASN1_TIME* from, const ASN1_TIME* until) {
    int days = 0;
    int seconds = 0;
    if (ASN1_TIME_diff(&days, &seconds, from, until) != 1) return tls_renewal_due;
    return std::min(tls_renewal_due, std::chrono::hours(24) * days / 3);
}

bool bears(X509* certificate, const std::string& name) {
    return X509_check_ip_asc(certificate, name.c_str(), 0) == 1
           || X509_check_host(certificate, name.data(), name.size(), 0, nullptr) == 1;
}

}  // namespace

std::vector<std::string> certificate_concerns(
    const tls_server_context& shown,
    std::span<const std::string> names,
    std::chrono::system_clock::time_point now
) {
    std::vector<std::string> all;
    auto* const certificate = SSL_CTX_get0_certificate(&shown.native());
    MH_ASSERT(certificate != nullptr, "a context has one that belongs to its key");
    const auto is_before = [](const ASN1_TIME* one, std::chrono::system_clock::time_point other) {
        return ASN1_TIME_cmp_time_t(one, std::chrono::system_clock::to_time_t(other)) < 0;
    };
    const auto* const from = X509_get0_notBefore(certificate);
    const auto* const until = X509_get0_notAfter(certificate);
    if (is_before(until, now))
        all.push_back(fmt::format("the certificate has expired on {}", day_of(until)));
    else if (is_before(until, now + renewal_due(from, until)))
        all.push_back(fmt::format("the certificate expires on {}", day_of(until)));
    if (!is_before(from, now + std::chrono::seconds(1)))
        all.push_back(fmt::format("the certificate is good only from {}", day_of(from)));
    for (const auto& name : names)
        if (!bears(certificate, without_port(name)))
            all.push_back(fmt::format("the certificate does not bear the name {}", name));
    return all;
}

}  // namespace meshhost::net
