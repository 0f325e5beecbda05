// SPDX-License-Identifier: Apache-2.0
// What a browser, or whatever reaches its port, may send a dashboard on one connection: requests,
// and after an upgrade the frames of a WebSocket. Over a real socket, so that all of it is under
// test. "mh_session" in the input becomes the name of the session's cookie, which has the port in
// it, and "the-one-session-there-is" its value.
#include "base/assert.hpp"
#include "base/unique_fd.hpp"
#include "http/message_head.hpp"
#include "net/socket_address.hpp"
#include "observe/dashboard_server.hpp"
#include "unit/admin/fake_host.hpp"

#include <fmt/format.h>

#include <sys/socket.h>

#include <algorithm>
#include <cerrno>
#include <charconv>

using namespace meshhost;

namespace {

constexpr std::string_view session = "the-one-session-there-is";  ///< stands for it
constexpr std::string_view token = "the-token-of-the-operator";
constexpr std::size_t input_max = 64u << 10;

http::tcp_listener any_port() {
    auto bound = http::tcp_listener::bind(ip_endpoint::loopback_v4(0));
    MH_ASSERT(bound.has_value(), "there is a port");
    return std::move(*bound);
}

struct stage {
    stage()
        : stage(any_port()) {}

    explicit stage(http::tcp_listener listener)
        : at(listener.bound())
        , server({shard, host, journal, others}, std::move(listener), options()) {
        const auto body = fmt::format(R"({{"token":"{}"}})", token);
        const auto answer = talk(fmt::format(
            "POST /api/v1/session HTTP/1.1\r\nHost: fuzz:1\r\nContent-Type: application/json\r\n"
            "Content-Length: {}\r\n\r\n{}",
            body.size(),
            body
        ));
        MH_ASSERT(answer.starts_with("HTTP/1.1 204"), "the token opens a session");
        const auto name = answer.find("meshhost_session_");
        const auto value = answer.find('=', name) + 1;
        cookie = answer.substr(name, value - 1 - name);
        opened = answer.substr(value, answer.find(';', value) - value);
    }

    observe::dashboard_options options() {
        observe::dashboard_options out;
        out.mesh = "lab";
        out.names = {"fuzz:1"};
        out.door.token = token;
        out.door.secret = [] { return std::string("drawn"); };
        out.publish_trace = [](unsigned) { return outcome<std::string>(std::string(32, 'e')); };
        out.lab = std::make_unique<observe::lab_actions>(shard, "/nonexistent", "/nonexistent");
        return out;
    }

    /// Sends all of it and nothing behind it, and reads until the other end has closed, or has
    /// nothing to say where it may wait for events.
    std::string talk(std::string_view said) {
        const bool may_wait = said.find("/events") != std::string_view::npos;
        const net::socket_address to(at);
        const unique_fd socket(::socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0));
        const linger at_once{1, 0};  // no port is held for what is over
        ::setsockopt(socket.get(), SOL_SOCKET, SO_LINGER, &at_once, sizeof at_once);
        const bool is_connected =
            ::connect(socket.get(), to.data(), to.size()) == 0 || errno == EINPROGRESS;
        MH_ASSERT(is_connected, "the server listens");
        std::string heard;
        const auto limit = shard.now() + 30s;
        while (true) {
            turn();
            if (!send_some(socket.get(), said) || !read_some(socket.get(), heard)) break;
            if (may_wait && said.data() == nullptr && idle_turns > 150) break;
            MH_ASSERT(shard.now() < limit, "every connection ends");
        }
        return heard;
    }

    /// False: nothing is taken any more, which is no end yet.
    static bool send_some(int to, std::string_view& said) {
        if (said.data() == nullptr) return true;
        const auto sent = ::send(to, said.data(), said.size(), MSG_NOSIGNAL);
        if (sent < 0 && (errno == EAGAIN || errno == ENOTCONN)) return true;
        said.remove_prefix(sent < 0 ? said.size() : static_cast<std::size_t>(sent));
        if (!said.empty()) return true;
        ::shutdown(to, SHUT_WR);
        said = {};
        return true;
    }

    static bool read_some(int from, std::string& heard) {
        char room[16384];
        const auto got = ::recv(from, room, sizeof room, 0);
        if (got < 0) return errno == EAGAIN || errno == ENOTCONN;
        heard.append(room, static_cast<std::size_t>(got));
        return got > 0;
    }

    /// No other host answers.
    void turn() {
        shard.context().restart();
        // Both ends are here: only what a timer is to bring takes time.
        idle_turns = shard.context().poll() > 0 ? 0 : idle_turns + 1;
        if (idle_turns > 100) shard.context().run_one_for(1ms);
        for (const auto& each : std::exchange(others.calls, {}))
            if (!each->is_cancelled)
                each->sink->on_end(failure{exit_code::unreachable, "E_PEER_UNKNOWN", "none", ""});
    }

    net::shard shard;
    test::fake_host host;
    test::fake_asker others;
    telemetry::event_journal journal;
    ip_endpoint at;
    observe::dashboard_server server;
    std::string cookie;  ///< its name
    std::string opened;  ///< its value
    int idle_turns = 0;
};

std::string with(std::string text, std::string_view name, const std::string& value) {
    for (auto at = text.find(name); at != std::string::npos;
         at = text.find(name, at + value.size()))
        text.replace(at, name.size(), value);
    return text;
}

/// Each answer is whole and says what a browser has to keep to.
void check_answers(std::string_view heard) {
    while (!heard.empty()) {
        const auto size = http::find_head(as_bytes(heard));
        MH_ASSERT(size.has_value(), "an answer is whole");
        const auto head = http::parse_answer_head(heard.substr(0, *size));
        MH_ASSERT(head.has_value(), "it is one of HTTP");
        if (head->status == 101) return;
        MH_ASSERT(
            !http::find_header(head->headers, "content-security-policy").empty(),
            "it carries the policy"
        );
        if (!http::find_header(head->headers, "transfer-encoding").empty()) return;
        const auto length = http::find_header(head->headers, "content-length");
        std::size_t body = 0;
        std::from_chars(length.data(), length.data() + length.size(), body);
        MH_ASSERT(body <= heard.size() - *size, "its body is whole");
        heard.remove_prefix(*size + body);
    }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    static stage the;
    const auto input = as_text(bytes_view(data, std::min(size, input_max)));
    const auto heard =
        the.talk(with(with(std::string(input), "mh_session", the.cookie), session, the.opened));
    const bool knows_a_secret = input.find(session) != std::string_view::npos
                                || input.find("the-token") != std::string_view::npos;
    if (!knows_a_secret) {
        MH_ASSERT(heard.find(R"("ok":true)") == std::string::npos, "nothing without one");
        MH_ASSERT(heard.find("text/event-stream") == std::string::npos, "no events either");
        MH_ASSERT(heard.find("HTTP/1.1 101") == std::string::npos, "no stream either");
    }
    // What follows the head of an answer to HEAD is the next answer.
    if (input.find("HEAD ") == std::string_view::npos) check_answers(heard);
    return 0;
}
