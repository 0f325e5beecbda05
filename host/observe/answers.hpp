// SPDX-License-Identifier: Apache-2.0
#pragma once
// How the dashboard's API answers: JSON in its envelope, with the rules that a browser keeps for
// us; packed where the client takes that.
#include "admin/replies.hpp"
#include "observe/proto/gzip_text.hpp"

#include <boost/json/object.hpp>

#include <optional>
#include <string>
#include <string_view>

namespace meshhost::observe {

/// With the rules that a browser keeps for us: no script, style or request but our own.
http::response guarded(http::response answer);

/// E_NOT_FOUND, 404.
failure not_found(std::string_view path);

/// Status 200 and the envelope of "meshhost.<schema>/1".
void answer_with(const admin::answer_ptr& to, const char* schema, boost::json::object data);
void refuse_with(const admin::answer_ptr& to, const failure& error);
/// 401, E_NO_SESSION.
void refuse_stranger(const admin::answer_ptr& to);

/// Whether the client takes gzip (RFC 9110 section 12.5.3).
bool accepts_gzip(const http::request& asked);

/// A good answer that may be large, made piece by piece: it is there once, as it is sent.
class answer_text {
public:
    answer_text(const char* schema, bool is_packed);

    /// JSON: of the members of `data`, commas included.
    void add(std::string_view members);
    http::response finish();

private:
    void write(std::string_view text);

    bool is_packed_;
    std::string plain_;
    std::optional<proto::gzip_text> packed_;  ///< once it is worth it
};

/// One whose data is there as text.
void answer_with_text(
    const admin::answer_ptr& to,
    const char* schema,
    bool is_packed,
    std::string_view members
);

}  // namespace meshhost::observe
