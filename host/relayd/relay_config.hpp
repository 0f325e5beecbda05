// SPDX-License-Identifier: Apache-2.0
#pragma once
// What a relay is told in its file (docs/relay.md): every key, what it may be, and its default.
#include "base/log.hpp"
#include "config/config_problem.hpp"
#include "config/value_rule.hpp"
#include "identity/endpoint_id.hpp"
#include "relay/proto/access_policy.hpp"
#include "relay/proto/admission.hpp"
#include "relay/proto/server_config.hpp"

#include <boost/json/value.hpp>

#include <filesystem>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace meshhost::relayd {

struct relay_config {
    std::string listen = "[::]:3340";  ///< plain HTTP; empty: none
    std::string tls_listen;            ///< empty: none
    std::string tls_cert;
    std::string tls_key;
    std::string metrics_listen;  ///< empty: none
    /// Empty: none. usual_stun: at STUN's port, at the address of `listen`, if that is free.
    std::string stun_listen;
    relay::proto::access_mode mode = relay::proto::access_mode::everyone;
    std::vector<identity::endpoint_id> ids;
    std::vector<std::string> tokens;
    relay::proto::admission_limits admission;
    relay::proto::server_config server;  ///< but its access
    duration handshake_timeout = 30s;
    log_level level = log_level::info;

    relay::proto::access_policy access() const { return {mode, ids, tokens}; }
};

/// A key of the file. `store` is told only what the rule allows; false: it is wrong all the same.
struct relay_key {
    std::string_view path;  ///< "tls.cert"
    config::value_rule rule;
    std::string_view fallback;  ///< as TOML writes it
    bool (*store)(relay_config&, const boost::json::value&);
    std::string_view complaint = {};  ///< when store says false
};
std::span<const relay_key> relay_keys();

using relay_config_result = boost::system::result<relay_config, config::config_failure>;

/// `name` is the text's, in what is said of it. Strict, as of a host's configuration: what is not
/// known is refused, and everything that is wrong is listed.
relay_config_result parse_relay_config(std::string_view name, std::string_view text);
/// Empty: the usual file, if it is there. Errors also when it cannot be read.
relay_config_result read_relay_config(const std::filesystem::path& file);

inline constexpr const char* usual_stun = "auto";
inline constexpr const char* usual_relay_config = "/etc/meshhost/meshrelay.toml";

}  // namespace meshhost::relayd
