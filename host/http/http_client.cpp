// SPDX-License-Identifier: Apache-2.0
#include "http/http_client.hpp"

#include <boost/asio/io_context.hpp>
#include <boost/asio/local/stream_protocol.hpp>
#include <boost/asio/posix/stream_descriptor.hpp>
#include <boost/beast/core/basic_stream.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/http/message.hpp>
#include <boost/beast/http/parser.hpp>
#include <boost/beast/http/read.hpp>
#include <boost/beast/http/string_body.hpp>
#include <boost/beast/http/write.hpp>
#include <fmt/format.h>

#include <sys/un.h>

#include <list>
#include <optional>

namespace meshhost::http {

namespace {

namespace beast = boost::beast;
using beast::error_code;

constexpr std::uint64_t answer_bytes_max = 64u << 20;
constexpr std::size_t line_bytes_max = 16u << 20;

failure connect_failure(const std::filesystem::path& socket, const error_code& ec) {
    namespace errc = boost::system::errc;
    if (ec == errc::no_such_file_or_directory || ec == errc::connection_refused
        || ec == errc::not_a_directory)
        return {
            exit_code::no_daemon,
            "E_NO_DAEMON",
            fmt::format("no meshhost answers at {}", socket.string()),
            "start one with `meshhost`, or name another with --instance NAME or --socket PATH"};
    if (ec == errc::permission_denied || ec == errc::operation_not_permitted)
        return {
            exit_code::not_permitted,
            "E_SOCKET_DENIED",
            fmt::format("{} belongs to another user", socket.string()),
            "run as the user that runs meshhost"};
    return {
        exit_code::failure,
        "E_SOCKET_IO",
        fmt::format("cannot connect to {}: {}", socket.string(), ec.message()),
        "name another socket with --socket PATH"};
}

failure answer_failure(const error_code& ec, duration timeout) {
    if (ec == beast::error::timeout)
        return {
            exit_code::timeout,
            "E_TIMEOUT",
            fmt::format(
                "meshhost did not answer within {} ms",
                std::chrono::duration_cast<std::chrono::milliseconds>(timeout).count()
            ),
            "wait longer with --timeout, or look at the log of meshhost"};
    return {
        exit_code::failure,
        "E_BAD_ANSWER",
        fmt::format("the answer of meshhost broke off: {}", ec.message()),
        "look at the log of meshhost; it may have been stopped meanwhile"};
}

failure line_too_long() {
    return {
        exit_code::version_mismatch,
        "E_BAD_ANSWER",
        fmt::format("a line of the answer has more than {} MiB", line_bytes_max >> 20),
        "use the meshctl that came with the running meshhost"};
}

/// Runs one asynchronous step at a time to its end.
class blocking_exchange {
public:
    blocking_exchange(const std::filesystem::path& socket, duration timeout)
        : socket_(socket)
        , timeout_(timeout)
        , stream_(context_) {
        parser_.body_limit(answer_bytes_max);
    }
    blocking_exchange(const blocking_exchange&) = delete;
    blocking_exchange& operator=(const blocking_exchange&) = delete;
    ~blocking_exchange();

    /// Before connect(): what to look at during all that follows.
    void watch(std::span<const side_input> aside);
    /// The answer may go on for ever.
    void expect_stream() { parser_.body_limit(boost::none); }

    std::optional<failure> connect();
    std::optional<failure> send(const request& asked);
    std::optional<failure> read_header();
    /// Reads one more piece of the body.
    std::optional<failure> read_piece();

    void allow_another_wait(duration patience);
    bool is_done() const { return parser_.is_done(); }
    bool is_stopped() const { return is_stopped_; }
    bool is_good() const { return parser_.get().result_int() / 100 == 2; }
    std::string& body() { return parser_.get().body(); }
    response take();

private:
    struct watched {
        boost::asio::posix::stream_descriptor descriptor;
        const side_input& input;
    };

    template <class Start>
    error_code run(Start start);
    void await(watched& each);

    std::filesystem::path socket_;
    duration timeout_;
    bool is_stopped_ = false;  ///< by a side input
    boost::asio::io_context context_;
    std::list<watched> aside_;
    beast::basic_stream<boost::asio::local::stream_protocol> stream_;
    beast::flat_buffer buffer_;
    beast::http::response_parser<beast::http::string_body> parser_;
};

blocking_exchange::~blocking_exchange() {
    for (auto& each : aside_)
        each.descriptor.release();
}

void blocking_exchange::watch(std::span<const side_input> aside) {
    for (const auto& input : aside) {
        auto& added = aside_.emplace_back(
            watched{boost::asio::posix::stream_descriptor(context_, input.descriptor), input}
        );
        await(added);
    }
}

void blocking_exchange::await(watched& each) {
    each.descriptor.async_wait(
        boost::asio::posix::descriptor_base::wait_read,
        [this, &each](const error_code& ec) {
            if (ec) return;
            if (each.input.on_readable()) return await(each);
            is_stopped_ = true;
            stream_.close();
        }
    );
}

void blocking_exchange::allow_another_wait(duration patience) {
    timeout_ = patience;
    if (patience == stream_timing::for_ever)
        stream_.expires_never();
    else
        stream_.expires_after(patience);
}

/// Up to the end of this one step; what is watched meanwhile never ends.
template <class Start>
error_code blocking_exchange::run(Start start) {
    std::optional<error_code> result;
    start([&result](const error_code& ec, auto&&...) { result = ec; });
    context_.restart();
    while (!result && context_.run_one() > 0) {
    }
    return result.value_or(error_code());
}

std::optional<failure> blocking_exchange::connect() {
    constexpr std::size_t path_bytes_max = sizeof(sockaddr_un::sun_path) - 1;
    if (socket_.string().size() > path_bytes_max)
        return connect_failure(socket_, make_error_code(boost::system::errc::filename_too_long));
    stream_.expires_after(timeout_);
    const auto ec = run([this](auto done) {
        stream_.async_connect(
            boost::asio::local::stream_protocol::endpoint(socket_.string()),
            std::move(done)
        );
    });
    if (ec == beast::error::timeout) return answer_failure(ec, timeout_);
    if (ec) return connect_failure(socket_, ec);
    return {};
}

/// A host that is full answers, and closes, before it has read the request: then there is an
/// answer to read although nothing more can be sent.
std::optional<failure> blocking_exchange::send(const request& asked) {
    namespace http = beast::http;
    http::request<http::string_body> message;
    message.method_string(asked.method);
    message.target(asked.path);
    message.version(11);
    message.set(http::field::host, "localhost");
    message.set(http::field::connection, "close");
    if (!asked.body.empty()) message.set(http::field::content_type, content_type_json);
    message.body() = asked.body;
    message.prepare_payload();
    const auto ec = run([&](auto done) { http::async_write(stream_, message, std::move(done)); });
    if (ec == boost::system::errc::broken_pipe) return {};
    if (ec) return answer_failure(ec, timeout_);
    return {};
}

std::optional<failure> blocking_exchange::read_header() {
    const auto ec = run([this](auto done) {
        beast::http::async_read_header(stream_, buffer_, parser_, std::move(done));
    });
    if (ec) return answer_failure(ec, timeout_);
    return {};
}

std::optional<failure> blocking_exchange::read_piece() {
    const auto ec = run([this](auto done) {
        beast::http::async_read_some(stream_, buffer_, parser_, std::move(done));
    });
    if (ec) return answer_failure(ec, timeout_);
    return {};
}

response blocking_exchange::take() {
    const auto& message = parser_.get();
    return {
        message.result_int(),
        std::string(message[beast::http::field::content_type]),
        std::move(body())};
}

/// Hands over and removes every whole line; false when the taker has had enough.
bool take_lines(std::string& text, const line_taker& take_line) {
    std::size_t start = 0;
    bool wants_more = true;
    while (wants_more) {
        const auto end = text.find('\n', start);
        if (end == std::string::npos) break;
        wants_more = take_line(std::string_view(text).substr(start, end - start));
        start = end + 1;
    }
    text.erase(0, start);
    return wants_more;
}

}  // namespace

outcome<response> send_request(
    const std::filesystem::path& socket,
    const request& asked,
    duration timeout
) {
    blocking_exchange running(socket, timeout);
    auto fault = running.connect();
    if (!fault) fault = running.send(asked);
    if (!fault) fault = running.read_header();
    while (!fault && !running.is_done())
        fault = running.read_piece();
    if (fault) return *fault;
    return running.take();
}

outcome<response> stream_request(
    const std::filesystem::path& socket,
    const request& asked,
    const stream_timing& timing,
    const line_taker& take_line,
    std::span<const side_input> aside
) {
    blocking_exchange running(socket, timing.start);
    running.watch(aside);
    running.expect_stream();
    auto fault = running.connect();
    if (!fault) fault = running.send(asked);
    if (!fault) fault = running.read_header();
    while (!fault && !running.is_done()) {
        running.allow_another_wait(timing.piece);
        fault = running.read_piece();
        if (!fault && running.is_good() && !take_lines(running.body(), take_line)) break;
        if (!fault && running.body().size() > line_bytes_max) fault = line_too_long();
    }
    if (fault && !running.is_stopped()) return *fault;
    return running.take();
}

}  // namespace meshhost::http
