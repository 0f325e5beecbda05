// SPDX-License-Identifier: Apache-2.0
#include "lab/host_api.hpp"

#include "http/envelope.hpp"
#include "http/http_client.hpp"

#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>

namespace meshhost::lab {
namespace {

outcome<boost::json::object> ask(
    const std::filesystem::path& socket,
    const http::request& asked,
    duration timeout
) {
    const auto answer = http::send_request(socket, asked, timeout);
    if (!answer) return answer.error();
    boost::json::error_code ec;
    const auto parsed = boost::json::parse(answer->body, ec);
    const auto* envelope = parsed.if_object();
    const auto* ok = envelope == nullptr ? nullptr : envelope->if_contains("ok");
    if (ok != nullptr && *ok == boost::json::value(false)) return http::read_error(*envelope);
    const auto* data = envelope == nullptr ? nullptr : envelope->if_contains("data");
    if (data != nullptr && data->is_object()) return data->get_object();
    return failure{
        exit_code::version_mismatch,
        "E_BAD_ANSWER",
        socket.string() + " gave an answer in a form that this meshctl does not know",
        "use the meshctl that came with the running meshhost"};
}

}  // namespace

outcome<boost::json::object> get(
    const std::filesystem::path& socket,
    const std::string& path,
    duration timeout
) {
    return ask(socket, {"GET", path, ""}, timeout);
}

outcome<boost::json::object> post(
    const std::filesystem::path& socket,
    const std::string& path,
    const boost::json::object& body,
    duration timeout
) {
    return ask(socket, {"POST", path, boost::json::serialize(body)}, timeout);
}

}  // namespace meshhost::lab
