// SPDX-License-Identifier: Apache-2.0
#include "app/dashboard_setup.hpp"

#include "base/quote.hpp"
#include "net/tls_context.hpp"
#include "process/secret_file.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace meshhost::app {

namespace {

constexpr std::size_t token_size_min = 16;
constexpr const char* token_remedy = "put a long random text into it: openssl rand -hex 16";

/// It stands in a link (RFC 3986 section 2.3).
bool is_unreserved(std::uint8_t byte) {
    const char c = static_cast<char>(byte);
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-'
           || c == '.' || c == '_' || c == '~';
}

outcome<std::string> read_token(const std::filesystem::path& file) {
    const process::secret_file_terms terms{
        "E_DASHBOARD_TOKEN",
        "the dashboard's token",
        "observe.token_file",
        token_remedy};
    const auto token = process::read_secret_file(file, terms);
    if (!token) return token.error();
    const auto refuse = [&](const char* why) -> failure {
        return {
            exit_code::invalid,
            terms.code,
            fmt::format("{} in {} {}", terms.what, in_quotes(file.string()), why),
            token_remedy};
    };
    if (!file.empty() && token->size() < token_size_min)
        return refuse("can be guessed: it has less than 16 characters");
    if (!std::all_of(token->begin(), token->end(), is_unreserved))
        return refuse("does not fit into a link: letters, digits, \"-\", \".\", \"_\" and \"~\" do"
        );
    return std::string(token->begin(), token->end());
}

}  // namespace

outcome<observe::dashboard_access> open_dashboard_access(const config::observe_config& settings) {
    observe::dashboard_access out;
    auto token = read_token(settings.token_file);
    if (!token) return token.error();
    out.token = std::move(*token);
    if (settings.tls_cert.empty()) return out;
    auto tls = net::tls_server_context::make(settings.tls_cert, settings.tls_key);
    if (!tls) return tls.error();
    out.tls = std::move(*tls);
    return out;
}

}  // namespace meshhost::app
