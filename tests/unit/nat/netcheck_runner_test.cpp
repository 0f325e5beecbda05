// SPDX-License-Identifier: Apache-2.0
#include "nat/captive_portal.hpp"
#include "nat/netcheck_runner.hpp"
#include "net/readable_watch.hpp"
#include "net/shard.hpp"
#include "net/udp_socket.hpp"
#include "stun_server.hpp"
#include "support/loop.hpp"

#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/read_until.hpp>
#include <boost/asio/write.hpp>

#include <thread>

using namespace meshhost;
using namespace meshhost::nat;

namespace {

struct reporter final : report_sink {
    void on_net_report(const proto::net_report& made) override { report = made; }
    std::optional<proto::net_report> report;
};

/// Answers Binding requests on a socket of its own.
class stun_responder final : net::readable_sink, net::receive_sink {
public:
    explicit stun_responder(net::shard& shard)
        : socket_(*net::udp_socket::bind(ip_endpoint::loopback_v4(0)))
        , watch_(shard, socket_.native_handle(), *this) {
        REQUIRE(watch_.start());
    }
    const ip_endpoint& at() const { return socket_.local(); }

private:
    bool on_readable() override { return socket_.receive(*this); }
    void on_datagrams(const net::received_datagrams& batch) override {
        const auto answer = test::stun_answer_to(batch.data.first(batch.segment_size), batch.from);
        socket_.send({batch.from, answer, answer.size(), net::ecn_mark::not_ect});
    }
    net::udp_socket socket_;
    net::readable_watch watch_;
};

/// Takes one connection and answers what it is told to, with $ as the challenge.
class one_answer {
public:
    explicit one_answer(std::string text)
        : acceptor_(context_, {boost::asio::ip::address_v4::loopback(), 0})
        , thread_([this, answer = std::move(text)]() mutable {
            boost::asio::ip::tcp::socket peer(context_);
            acceptor_.accept(peer);
            std::string asked;
            boost::asio::read_until(peer, boost::asio::dynamic_buffer(asked), "\r\n\r\n");
            const std::string field = "X-Iroh-Challenge: ";
            const auto from = asked.find(field) + field.size();
            const auto at = answer.find('$');
            if (at != std::string::npos)
                answer.replace(at, 1, asked.substr(from, asked.find("\r\n", from) - from));
            boost::asio::write(peer, boost::asio::buffer(answer));
        }) {}
    ~one_answer() { thread_.join(); }
    http_url url() const { return {"127.0.0.1", acceptor_.local_endpoint().port(), ""}; }

private:
    boost::asio::io_context context_;
    boost::asio::ip::tcp::acceptor acceptor_;
    std::thread thread_;
};

proto::finding portal_behind(std::string answer) {
    one_answer relay(std::move(answer));
    net::shard shard;
    std::optional<proto::finding> found;
    captive_portal_check check(
        shard,
        relay.url(),
        [&](proto::finding what) { found = what; },
        60s
    );
    REQUIRE(test::run_until(shard, [&] { return found.has_value(); }));
    return *found;
}

}  // namespace

TEST_CASE("netcheck runner: asks real servers by real sockets", "[nat]") {
    net::shard shard;
    stun_responder one(shard);
    stun_responder other(shard);
    reporter sink;
    proto::netcheck_plan plan;
    plan.servers = {one.at(), other.at()};
    plan.awaits_captive_portal = true;
    auto runner = netcheck_runner::start(shard, sink, plan, {});
    REQUIRE(runner.has_value());
    (*runner)->note_captive_portal(proto::finding::no);
    REQUIRE(test::run_until(shard, [&] { return sink.report.has_value(); }));
    CHECK(sink.report->v4.udp == proto::finding::yes);
    CHECK(sink.report->v4.servers_answered == 2);
    REQUIRE(sink.report->v4.seen.size() == 1);
    CHECK(sink.report->v4.seen[0].is_loopback());
    CHECK(sink.report->v4.mapping == proto::nat_mapping::none);
    CHECK(sink.report->captive_portal == proto::finding::no);
}

TEST_CASE("netcheck runner: where nobody listens it is soon over", "[nat]") {
    net::shard shard;
    reporter sink;
    proto::netcheck_plan plan;
    {
        const auto gone = net::udp_socket::bind(ip_endpoint::loopback_v4(0));
        REQUIRE(gone.has_value());
        plan.servers = {gone->local()};
    }
    auto runner = netcheck_runner::start(shard, sink, plan, {});
    REQUIRE(runner.has_value());
    REQUIRE(test::run_until(shard, [&] { return sink.report.has_value(); }));
    CHECK(sink.report->v4.servers_answered == 0);
}

TEST_CASE("captive portal: the relay's own answer, and everybody else's", "[nat]") {
    CHECK(
        portal_behind("HTTP/1.1 204 No Content\r\nX-Iroh-Response: response $\r\n\r\n")
        == proto::finding::no
    );
    CHECK(portal_behind("HTTP/1.1 204 No Content\r\n\r\n") == proto::finding::yes);
    CHECK(
        portal_behind("HTTP/1.1 200 OK\r\nX-Iroh-Response: response $\r\n"
                      "Content-Length: 5\r\n\r\nlogin")
        == proto::finding::yes
    );
    CHECK(
        portal_behind("HTTP/1.1 302 Found\r\nLocation: http://portal.example/\r\n"
                      "Content-Length: 0\r\n\r\n")
        == proto::finding::yes
    );
    CHECK(portal_behind("SSH-2.0-dropbear\r\n") == proto::finding::unknown);
}

TEST_CASE("captive portal: nobody there is no portal", "[nat]") {
    net::shard shard;
    std::optional<proto::finding> found;
    std::uint16_t port = 0;
    {
        boost::asio::io_context context;
        boost::asio::ip::tcp::acceptor gone(context, {boost::asio::ip::address_v4::loopback(), 0});
        port = gone.local_endpoint().port();
    }
    captive_portal_check check(
        shard,
        {"127.0.0.1", port, ""},
        [&](proto::finding what) { found = what; },
        60s
    );
    REQUIRE(test::run_until(shard, [&] { return found.has_value(); }));
    CHECK(*found == proto::finding::unknown);
}
