// SPDX-License-Identifier: Apache-2.0
#include "admin/via_route.hpp"

#include "admin/node_names.hpp"
#include "admin/request_fields.hpp"
#include "admin/whole_answer.hpp"
#include "http/envelope.hpp"

#include <algorithm>
#include <utility>

namespace meshhost::admin {

namespace {

constexpr std::string_view prefix = "/v1/via/";

/// The part before the next slash, which `path` loses with the slash.
std::string_view next_segment(std::string_view& path) {
    const auto end = std::min(path.find('/'), path.size());
    const auto segment = path.substr(0, end);
    path.remove_prefix(std::min(end + 1, path.size()));
    return segment;
}

bool is_number(std::string_view text) {
    return !text.empty() && text.find_first_not_of("0123456789") == std::string_view::npos;
}

/// Hands an answer on as it comes: a stream line by line, anything else in one piece.
class forwarded_answer final : public introspect::answer_sink,
                               public std::enable_shared_from_this<forwarded_answer> {
public:
    explicit forwarded_answer(answer_ptr answer)
        : answer_(std::move(answer)) {}

    void attach(std::shared_ptr<introspect::call> call) { call_ = std::move(call); }

    void on_head(const introspect::answer_head& head) override {
        whole_.status = head.status;
        whole_.content_type = head.content_type;
        is_streaming_ = head.status == 200 && head.content_type == http::content_type_ndjson;
        if (!is_streaming_) return;
        answer_->begin_stream(http::content_type_ndjson);
        // Until the exchange is over, even when the other host's part of it is.
        answer_->watch([self = shared_from_this()] { self->on_client(); });
    }

    bool on_body(bytes_view piece) override {
        if (is_streaming_) {
            held_ += as_text(piece);
            return pass_on();
        }
        if (whole_.body.size() + piece.size() > via_route::answer_max) {
            refuse(*answer_, answer_too_large());
            return stop();
        }
        whole_.body += as_text(piece);
        return true;
    }

    void on_end(const std::optional<failure>& fault) override {
        call_.reset();
        if (is_streaming_) {
            if (fault) held_ += one_line(http::make_error_envelope(*fault));
            is_ended_ = true;
            pass_on();
        } else if (fault) {
            refuse(*answer_, *fault);
        } else {
            answer_->reply(std::move(whole_));
        }
    }

private:
    /// What the other host had sent when it was told to wait is held here: no more than the window
    /// of one stream. True: there is room for more.
    bool pass_on() {
        while (!held_.empty() && answer_->waiting() <= via_route::unread_max) {
            const auto count = std::min(held_.size(), via_route::unread_max);
            if (!answer_->write(std::string_view(held_).substr(0, count))) return stop();
            held_.erase(0, count);
        }
        if (held_.empty() && is_ended_) answer_->finish();
        return held_.empty() && answer_->waiting() <= via_route::unread_max;
    }

    void on_client() {
        if (!answer_->write("")) {
            stop();
            return;
        }
        if (pass_on() && call_ != nullptr) call_->resume();
    }

    bool stop() {
        held_.clear();
        if (const auto ended = std::exchange(call_, nullptr)) ended->cancel();
        return false;
    }

    answer_ptr answer_;
    std::shared_ptr<introspect::call> call_;
    http::response whole_;
    std::string held_;  ///< of a stream, for when our client has read
    bool is_streaming_ = false;
    bool is_ended_ = false;
};

}  // namespace

outcome<via_target> parse_via(std::string_view path) {
    if (!path.starts_with(prefix)) return bad_request("no path of another host");
    path.remove_prefix(prefix.size());
    const auto node = http::percent_decode(next_segment(path));
    if (!node || node->empty()) return bad_request("the path names no node");
    via_target target{*node, ""};
    auto rest = path;
    const auto number = next_segment(rest);
    if (is_number(number)) {
        target.node += '/';
        target.node += number;
        path = rest;
    }
    if (path.empty()) return bad_request("the path ends behind the node");
    if (path.starts_with("via/") || path.starts_with("mesh/"))
        return bad_request("another host is not asked to ask others");
    target.path = "/v1/" + std::string(path);
    return target;
}

void via_route::on_request(const http::request& asked, const answer_ptr& answer) {
    const auto target = parse_via(asked.path);
    if (!target) return refuse(*answer, target.error());
    const auto whom = find_node(target->node, known_nodes(view_.node(), view_.peers()));
    if (!whom) return refuse(*answer, whom.error());
    http::request forwarded = asked;
    forwarded.path = target->path;
    if (whom->is_self) return own_.on_request(forwarded, answer);
    const auto id = identity::endpoint_id::parse(whom->id);
    if (!id) return refuse(*answer, bad_request("the node's id cannot be read"));
    const auto sink = std::make_shared<forwarded_answer>(answer);
    sink->attach(asker_.ask(*id, forwarded, sink));
}

}  // namespace meshhost::admin
