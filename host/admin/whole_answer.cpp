// SPDX-License-Identifier: Apache-2.0
#include "admin/whole_answer.hpp"

#include "http/envelope.hpp"

#include <boost/json/parse.hpp>

#include <utility>

namespace meshhost::admin {

namespace json = boost::json;

namespace {

constexpr std::size_t json_depth_max = 32;

failure bad_answer() {
    return {
        exit_code::version_mismatch,
        "E_BAD_ANSWER",
        "the other host's answer is not in the form that this one knows",
        "run versions of meshhost that fit together"};
}

}  // namespace

failure answer_too_large() {
    return {
        exit_code::failure,
        "E_ANSWER_TOO_LARGE",
        "the other host's answer is larger than this one takes",
        "ask that host itself"};
}

void whole_answer::on_head(const introspect::answer_head& head) {
    answer_.status = head.status;
    answer_.content_type = head.content_type;
}

/// What is too much is read and dropped: the other end is not stopped in the middle.
bool whole_answer::on_body(bytes_view piece) {
    is_too_large_ = is_too_large_ || answer_.body.size() + piece.size() > bytes_max_;
    if (!is_too_large_) answer_.body += as_text(piece);
    return true;
}

void whole_answer::on_end(const std::optional<failure>& fault) {
    const auto take = std::exchange(take_, nullptr);
    if (!take) return;
    if (fault) return take(*fault);
    if (is_too_large_) return take(answer_too_large());
    take(std::move(answer_));
}

outcome<json::object> data_in(const http::response& answer) {
    json::error_code ec;
    json::parse_options options;
    options.max_depth = json_depth_max;
    json::value parsed = json::parse(answer.body, ec, {}, options);
    if (ec || !parsed.is_object()) return bad_answer();
    auto& envelope = parsed.get_object();
    const auto* ok = envelope.if_contains("ok");
    if (ok != nullptr && *ok == json::value(false)) return http::read_error(envelope);
    auto* data = envelope.if_contains("data");
    if (data == nullptr || !data->is_object()) return bad_answer();
    return std::move(data->get_object());
}

}  // namespace meshhost::admin
