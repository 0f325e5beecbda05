// SPDX-License-Identifier: Apache-2.0
#include "ctl/api_client.hpp"

#include "base/assert.hpp"
#include "ctl/fields.hpp"
#include "ctl/known_nodes.hpp"
#include "http/envelope.hpp"

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

failure stream_ended(const std::string& via) {
    return {
        exit_code::unreachable,
        "E_STREAM_ENDED",
        via.empty() ? std::string("meshhost ended while it was followed")
                    : "\"" + via + "\" or the way to it ended while it was followed",
        "ask whether it is back with meshctl status"};
}

}  // namespace

api_client::api_client(
    std::vector<std::filesystem::path> sockets,
    duration timeout,
    std::string via
)
    : sockets_(std::move(sockets))
    , timeout_(timeout)
    , via_(std::move(via)) {
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

outcome<boost::json::object> api_client::ask(const http::request& asked) const {
    const auto answer = on_first_living_socket([&](const auto& socket) {
        return http::send_request(socket, asked, timeout_);
    });
    if (!answer) return answer.error();
    auto envelope = read_envelope(answer->body);
    if (!envelope) return envelope.error();
    if (const auto error = failure_in(*envelope)) return *error;
    if (envelope->if_contains("data") == nullptr) return no_envelope();
    return envelope;
}

/// Who is meant by `via` is what the local host knows: names and role numbers are its own.
outcome<std::string> api_client::target(const std::string& path) const {
    constexpr std::string_view root = "/v1";
    MH_ASSERT(path.starts_with(root), "a path of the API");
    if (!via_.empty() && prefix_.empty()) {
        const auto status = ask({"GET", "/v1/status", ""});
        if (!status) return status.error();
        const auto named = pick_node(via_, object_in(*status, "data"));
        if (!named) return named.error();
        prefix_ = named->is_self ? std::string(root) : "/v1/via/" + named->node.id;
    }
    if (prefix_.empty()) return path;
    return prefix_ + path.substr(root.size());
}

outcome<boost::json::object> api_client::get(const std::string& path) const {
    const auto where = target(path);
    if (!where) return where.error();
    return ask({"GET", *where, ""});
}

outcome<boost::json::object> api_client::post(
    const std::string& path,
    const boost::json::object& body
) const {
    const auto where = target(path);
    if (!where) return where.error();
    return ask({"POST", *where, boost::json::serialize(body)});
}

outcome<void> api_client::run_stream(
    const http::request& asked,
    const http::stream_timing& timing,
    const line_taker& take,
    std::span<const http::side_input> aside
) const {
    std::optional<failure> fault;
    const auto take_line = [&](std::string_view line) {
        const auto envelope = read_envelope(line);
        if (!envelope)
            fault = envelope.error();
        else if (const auto error = failure_in(*envelope))
            fault = *error;
        else
            return take(*envelope);
        return false;
    };
    const auto answer = on_first_living_socket([&](const auto& socket) {
        return http::stream_request(socket, asked, timing, take_line, aside);
    });
    if (!answer) return answer.error();
    if (fault) return *fault;
    if (answer->status / 100 == 2) return {};
    const auto envelope = read_envelope(answer->body);
    if (!envelope) return envelope.error();
    return failure_in(*envelope).value_or(no_envelope());
}

outcome<void> api_client::stream(
    const std::string& path,
    const boost::json::object& body,
    duration patience,
    const std::function<void(const boost::json::object&)>& take
) const {
    const auto where = target(path);
    if (!where) return where.error();
    const auto take_all = [&take](const boost::json::object& line) {
        take(line);
        return true;
    };
    return run_stream(
        {"POST", *where, boost::json::serialize(body)},
        {patience, patience},
        take_all,
        {}
    );
}

outcome<void> api_client::lines(const std::string& path, duration patience, const line_taker& take)
    const {
    const auto where = target(path);
    if (!where) return where.error();
    return run_stream({"GET", *where, ""}, {timeout_, patience}, take, {});
}

outcome<void> api_client::follow(
    const std::string& path,
    duration patience,
    const line_taker& take,
    std::span<const http::side_input> aside
) const {
    const auto where = target(path);
    if (!where) return where.error();
    bool is_enough = false;
    const auto take_one = [&](const boost::json::object& line) {
        is_enough = !take(line);
        return !is_enough;
    };
    std::vector<http::side_input> watched;
    for (const auto& input : aside)
        watched.push_back({input.descriptor, [&] {
                               is_enough = !input.on_readable();
                               return !is_enough;
                           }});
    const auto done = run_stream({"GET", *where, ""}, {timeout_, patience}, take_one, watched);
    if (is_enough) return {};
    const bool broke_off =
        !done && done.error().code == "E_BAD_ANSWER" && done.error().exit == exit_code::failure;
    if (done || broke_off) return stream_ended(via_);
    return done;
}

}  // namespace meshhost::ctl
