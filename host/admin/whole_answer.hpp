// SPDX-License-Identifier: Apache-2.0
#pragma once
// Another host's answer, for who wants it in one piece.
#include "http/http_message.hpp"
#include "introspect/asker.hpp"

#include <boost/json/object.hpp>

#include <functional>

namespace meshhost::admin {

/// Gathers an answer and hands it over, once. Over the limit it is a failure, E_ANSWER_TOO_LARGE.
class whole_answer final : public introspect::answer_sink {
public:
    using taker = std::function<void(outcome<http::response> answer)>;

    whole_answer(std::size_t bytes_max, taker take)
        : bytes_max_(bytes_max)
        , take_(std::move(take)) {}

    void on_head(const introspect::answer_head& head) override;
    bool on_body(bytes_view piece) override;
    void on_end(const std::optional<failure>& fault) override;

private:
    std::size_t bytes_max_;
    taker take_;
    http::response answer_;
    bool is_too_large_ = false;
};

/// What is inside a good answer's envelope. Errors: the one in an error envelope; E_BAD_ANSWER.
/// What another host says is not trusted to be JSON.
outcome<boost::json::object> data_in(const http::response& answer);

failure answer_too_large();

}  // namespace meshhost::admin
