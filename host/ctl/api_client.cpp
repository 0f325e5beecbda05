// SPDX-License-Identifier: Apache-2.0
#include "ctl/api_client.hpp"

#include "base/assert.hpp"
#include "http/envelope.hpp"
#include "http/http_client.hpp"

#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>

#include <optional>

namespace meshhost::ctl {

namespace {

failure no_envelope() {
    return {
        exit_code::version_mismatch,
        "E_BAD_ANSWER",
        "the answer is not in the form that this meshctl knows",
        "use the meshctl that came with the running meshhost"};
}

outcome<boost::json::object> read_envelope(std::string_view text) {
    boost::json::error_code ec;
    const auto parsed = boost::json::parse(text, ec);
    if (ec || !parsed.is_object()) return no_envelope();
    return parsed.get_object();
}

/// The failure in `envelope`, if that is what it carries.
std::optional<failure> failure_in(const boost::json::object& envelope) {
    const auto* ok = envelope.if_contains("ok");
    if (ok == nullptr || *ok != boost::json::value(false)) return {};
    return http::read_error(envelope);
}

}  // namespace

api_client::api_client(std::vector<std::filesystem::path> sockets, duration timeout)
    : sockets_(std::move(sockets))
    , timeout_(timeout) {
    MH_ASSERT(!sockets_.empty(), "somewhere to look for the host");
}

template <class Call>
auto api_client::on_first_living_socket(Call call) const {
    auto first = call(sockets_.front());
    if (first || first.error().exit != exit_code::no_daemon) return first;
    for (std::size_t i = 1; i < sockets_.size(); ++i) {
        auto answer = call(sockets_[i]);
        if (answer || answer.error().exit != exit_code::no_daemon) return answer;
    }
    return first;
}

outcome<boost::json::object> api_client::get(const std::string& path) const {
    const auto answer = on_first_living_socket([&](const auto& socket) {
        return http::send_request(socket, {"GET", path, ""}, timeout_);
    });
    if (!answer) return answer.error();
    auto envelope = read_envelope(answer->body);
    if (!envelope) return envelope.error();
    if (const auto error = failure_in(*envelope)) return *error;
    if (envelope->if_contains("data") == nullptr) return no_envelope();
    return envelope;
}

outcome<void> api_client::stream(
    const std::string& path,
    const boost::json::object& body,
    duration patience,
    const std::function<void(const boost::json::object&)>& take
) const {
    std::optional<failure> fault;
    const auto take_line = [&](std::string_view line) {
        const auto envelope = read_envelope(line);
        if (!envelope)
            fault = envelope.error();
        else if (const auto error = failure_in(*envelope))
            fault = *error;
        else
            take(*envelope);
        return !fault.has_value();
    };
    const http::request asked{"POST", path, boost::json::serialize(body)};
    const auto answer = on_first_living_socket([&](const auto& socket) {
        return http::stream_request(socket, asked, {patience, patience}, take_line);
    });
    if (!answer) return answer.error();
    if (fault) return *fault;
    if (answer->status / 100 == 2) return {};
    const auto envelope = read_envelope(answer->body);
    if (!envelope) return envelope.error();
    return failure_in(*envelope).value_or(no_envelope());
}

}  // namespace meshhost::ctl
