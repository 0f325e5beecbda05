// SPDX-License-Identifier: Apache-2.0
#include "http/envelope.hpp"

#include <boost/json/object.hpp>
#include <boost/json/value_to.hpp>
#include <fmt/chrono.h>
#include <fmt/format.h>

namespace meshhost::http {

namespace {

std::string text_at(const boost::json::object& from, std::string_view key) {
    const auto* value = from.if_contains(key);
    return value != nullptr && value->is_string() ? std::string(value->get_string())
                                                  : std::string();
}

}  // namespace

std::string format_time(std::chrono::system_clock::time_point at) {
    using namespace std::chrono;
    const auto second = floor<seconds>(at);
    const auto fraction = duration_cast<milliseconds>(at - second).count();
    const std::time_t time = system_clock::to_time_t(second);
    return fmt::format("{:%Y-%m-%dT%H:%M:%S}.{:03}Z", fmt::gmtime(time), fraction);
}

boost::json::object make_envelope(std::string_view name, boost::json::value data) {
    return {
        {"schema", fmt::format("meshhost.{}/1", name)},
        {"ok", true},
        {"at", format_time(std::chrono::system_clock::now())},
        {"data", std::move(data)}};
}

boost::json::object make_error_envelope(const failure& error) {
    return {
        {"schema", "meshhost.error/1"},
        {"ok", false},
        {"at", format_time(std::chrono::system_clock::now())},
        {"error",
         {{"code", error.code},
          {"message", error.message},
          {"hint", error.hint},
          {"exit", static_cast<int>(error.exit)}}}};
}

failure read_error(const boost::json::object& envelope) {
    failure error;
    const auto* inside = envelope.if_contains("error");
    if (inside == nullptr || !inside->is_object()) return error;
    const auto& fields = inside->get_object();
    error.code = text_at(fields, "code");
    error.message = text_at(fields, "message");
    error.hint = text_at(fields, "hint");
    const auto* exit = fields.if_contains("exit");
    if (exit != nullptr && exit->is_int64() && exit->get_int64() > 0 && exit->get_int64() < 256)
        error.exit = static_cast<exit_code>(exit->get_int64());
    return error;
}

}  // namespace meshhost::http
