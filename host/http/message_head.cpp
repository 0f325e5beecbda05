// SPDX-License-Identifier: Apache-2.0
#include "http/message_head.hpp"

#include <boost/asio/buffer.hpp>
#include <boost/beast/http/empty_body.hpp>
#include <boost/beast/http/parser.hpp>

#include <algorithm>
#include <cctype>

namespace meshhost::http {

namespace beast = boost::beast;

namespace {

constexpr unsigned http_1_1 = 11;

header_list headers_of(const beast::http::fields& fields) {
    header_list all;
    for (const auto& field : fields) {
        std::string name(field.name_string());
        for (char& each : name)
            each = static_cast<char>(std::tolower(static_cast<unsigned char>(each)));
        all.emplace_back(std::move(name), std::string(field.value()));
    }
    return all;
}

/// Whether the parser took all of it, and found a whole head.
template <class Parser>
bool parse(Parser& parser, std::string_view head) {
    beast::error_code error;
    parser.header_limit(static_cast<std::uint32_t>(head.size() + 1));
    const auto taken = parser.put(boost::asio::buffer(head.data(), head.size()), error);
    return !error && taken == head.size() && parser.is_header_done()
           && parser.get().version() == http_1_1;
}

}  // namespace

std::optional<std::size_t> find_head(bytes_view bytes) {
    constexpr std::string_view end = "\r\n\r\n";
    const auto at = as_text(bytes).find(end);
    if (at == std::string_view::npos) return {};
    return at + end.size();
}

std::optional<request> parse_request_head(std::string_view head) {
    beast::http::request_parser<beast::http::empty_body> parser;
    parser.skip(true);
    if (!parse(parser, head)) return {};
    const auto& message = parser.get();
    const std::string_view target(message.target().data(), message.target().size());
    const auto path_end = std::min(target.find('?'), target.size());
    auto query = parse_query(target.substr(std::min(path_end + 1, target.size())));
    if (!query) return {};
    return request{
        std::string(message.method_string()),
        std::string(target.substr(0, path_end)),
        {},
        std::move(*query),
        headers_of(message)};
}

std::optional<answer_head> parse_answer_head(std::string_view head) {
    beast::http::response_parser<beast::http::empty_body> parser;
    parser.skip(true);
    if (!parse(parser, head)) return {};
    return answer_head{parser.get().result_int(), headers_of(parser.get())};
}

std::string_view find_header(const header_list& headers, std::string_view name) {
    for (const auto& [each, value] : headers)
        if (each == name) return value;
    return {};
}

}  // namespace meshhost::http
