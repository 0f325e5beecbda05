// SPDX-License-Identifier: Apache-2.0
#pragma once
// Who may use the dashboard: a token, of a link or the operator's own, is changed for a session,
// and every request has to bring it from one of our own pages.
#include "base/log.hpp"
#include "base/time.hpp"
#include "observe/proto/session_seal.hpp"
#include "observe/proto/token_table.hpp"
#include "observe/request_policy.hpp"

#include <array>
#include <cstdint>
#include <functional>
#include <string>

namespace meshhost::observe {

using session_key = proto::session_seal::key_type;  ///< wiped where it was

struct door_options {
    std::string token;  ///< the operator's; empty: there is none
    session_key key;    ///< of sessions: this host's alone, the same after a restart
    std::function<session_key()> another_key;  ///< for when sessions are to end
    std::function<std::string()> secret;       ///< draws what nobody can guess: letters and digits
    logger log;
};

/// One thread.
class door {
public:
    door(const served_at& where, door_options options);

    /// As request_policy has it.
    std::optional<failure> object(const http::request& asked) const {
        return policy_.object(asked);
    }
    bool has_session(const http::request& asked) const;

    /// Whether it brings the operator's token (RFC 6750 section 2.1), as programs do, or there is
    /// none that it could bring.
    bool has_bearer(const http::request& asked, time_point now);

    /// POST {"token": TOKEN}: 204 with a session's cookie, else the error.
    http::response open(const http::request& asked, time_point now);

    /// A fresh one, that opens the dashboard once.
    std::string link(time_point now);

    /// Sessions end when it is another. false: it is the same.
    bool replace_token(std::string token);

    /// Refused so far.
    std::uint64_t wrong_tokens() const noexcept { return wrong_tokens_; }

private:
    void count_wrong(const http::request& asked, time_point now);

    request_policy policy_;
    door_options options_;
    proto::token_table tokens_;
    proto::session_seal sessions_;
    std::uint64_t wrong_tokens_ = 0;
    time_point tell_wrong_from_{};  ///< sooner nothing of it is logged again
};

/// What a request that changes something has to say: the content type makes a browser ask first,
/// before another site's page may send it.
std::optional<failure> object_to_body(const http::request& asked);

}  // namespace meshhost::observe
