// SPDX-License-Identifier: Apache-2.0
// The exporter and a collector that answers what a test wants, on one loop.
#include "net/shard.hpp"
#include "otlp/exporter.hpp"
#include "otlp/metrics_exporter.hpp"
#include "support/catch.hpp"
#include "support/loop.hpp"

#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/write.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/http/read.hpp>
#include <boost/beast/http/string_body.hpp>

#include <deque>
#include <memory>
#include <string>
#include <vector>

using namespace meshhost;
using namespace meshhost::otlp;
using boost::asio::ip::tcp;
namespace beast = boost::beast;

namespace {

const std::string taken = "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n";

/// Answers each request with the next of `answers`, the last again and again; "" hangs up, "stall"
/// never answers.
class collector {
public:
    explicit collector(net::shard& shard)
        : acceptor_(shard.context(), tcp::endpoint(boost::asio::ip::address_v4::loopback(), 0)) {
        accept();
    }
    std::uint16_t port() const { return acceptor_.local_endpoint().port(); }
    void close() { acceptor_.close(); }

    std::deque<std::string> answers{taken};
    std::vector<beast::http::request<beast::http::string_body>> requests;
    std::size_t connections = 0;

private:
    struct client : std::enable_shared_from_this<client> {
        client(tcp::socket from, collector& of)
            : socket(std::move(from))
            , owner(of) {}

        void read() {
            beast::http::async_read(
                socket,
                buffer,
                request,
                [self = shared_from_this()](const beast::error_code& ec, std::size_t) {
                    if (!ec) self->answer();
                }
            );
        }
        void answer() {
            owner.requests.push_back(std::exchange(request, {}));
            said = owner.answers.front();
            if (owner.answers.size() > 1) owner.answers.pop_front();
            if (said.empty()) return socket.close();
            if (said == "stall") return owner.stalled.push_back(shared_from_this());
            boost::asio::async_write(
                socket,
                boost::asio::buffer(said),
                [self = shared_from_this()](const beast::error_code& ec, std::size_t) {
                    if (!ec) self->read();
                }
            );
        }

        tcp::socket socket;
        collector& owner;
        beast::flat_buffer buffer;
        beast::http::request<beast::http::string_body> request;
        std::string said;
    };

    void accept() {
        acceptor_.async_accept([this](const beast::error_code& ec, tcp::socket socket) {
            if (ec) return;
            ++connections;
            std::make_shared<client>(std::move(socket), *this)->read();
            accept();
        });
    }

    tcp::acceptor acceptor_;
    std::vector<std::shared_ptr<client>> stalled;
};

struct bench {
    explicit bench(duration timeout = 5s)
        : timeout_(timeout) {
        restart();
    }
    void restart() {
        exporter_options options;
        options.by = {{"service.name", std::string("meshhost")}};
        options.version = "0.1.0";
        options.limits.retry_first = 20ms;
        options.limits.retry_cap = 50ms;
        exporter_.emplace(
            shard,
            std::make_unique<http_channel>(
                shard,
                http_url{"127.0.0.1", there.port(), "/v1/traces"},
                http_channel::header_list{{"X-Key", "secret"}},
                timeout_
            ),
            std::move(options),
            logger("otlp")
        );
    }
    void export_one(const std::string& name = "a") {
        scoped_span finished{"meshhost", {}};
        finished.span.name = name;
        exporter_->take(std::move(finished));
        exporter_->flush();
    }
    template <class Predicate>
    bool until(Predicate done) {
        return test::run_until(shard, done);
    }
    queue_counts counts() const { return exporter_->counts(); }

    net::shard shard;
    collector there{shard};
    std::optional<exporter> exporter_;

private:
    duration timeout_;
};

std::string answer(unsigned status, const std::string& more = "", const std::string& body = "") {
    return "HTTP/1.1 " + std::to_string(status) + " X\r\n" + more
           + "Content-Length: " + std::to_string(body.size()) + "\r\n\r\n" + body;
}

}  // namespace

TEST_CASE("exporter: spans arrive, on one connection", "[otlp]") {
    bench run;
    run.export_one();
    REQUIRE(run.until([&] { return run.counts().exported == 1; }));
    run.export_one();
    REQUIRE(run.until([&] { return run.counts().exported == 2; }));
    CHECK(run.there.connections == 1);
    const auto& request = run.there.requests.at(0);
    CHECK(request.method() == beast::http::verb::post);
    CHECK(request.target() == "/v1/traces");
    CHECK(request["Content-Type"] == "application/x-protobuf");
    CHECK(request["X-Key"] == "secret");
    CHECK(request["Host"] == "127.0.0.1:" + std::to_string(run.there.port()));
    CHECK(request.body().find("service.name") != std::string::npos);
}

TEST_CASE("exporter: a connection that the server gave up is made anew", "[otlp]") {
    bench run;
    run.there.answers = {taken, "", taken};
    run.export_one();
    REQUIRE(run.until([&] { return run.counts().exported == 1; }));
    run.export_one();
    REQUIRE(run.until([&] { return run.counts().exported == 2; }));
    CHECK(run.there.connections == 2);
    CHECK(run.counts().failures_in_a_row == 0);
}

TEST_CASE("exporter: what comes again later is sent again", "[otlp]") {
    bench run;
    run.there.answers = {
        answer(503),
        answer(429, "Retry-After: 0\r\n"),
        answer(502, "Retry-After: Fri, 31 Dec 1999 23:59:59 GMT\r\n"),
        "",
        "no HTTP at all\r\n\r\n",
        taken};
    run.export_one();
    REQUIRE(run.until([&] { return run.counts().exported == 1; }));
    CHECK(run.there.requests.size() == 6);
    CHECK(run.counts().dropped_refused == 0);
}

TEST_CASE("exporter: what is refused is not, and what of it is rejected is counted", "[otlp]") {
    bench run;
    // An ExportTraceServiceResponse: partial_success { rejected_spans: 1 }.
    run.there.answers = {
        answer(400, "", "bad"),
        answer(200, "", std::string("\x0a\x02\x08\x01", 4)),
        answer(200, "", "\xff\xff\xff"),
        answer(404)};
    run.export_one();
    REQUIRE(run.until([&] { return run.counts().dropped_refused == 1; }));
    CHECK(run.counts().last_error == "the collector answered 400");
    run.export_one();
    REQUIRE(run.until([&] { return run.counts().rejected == 1; }));
    run.export_one();
    REQUIRE(run.until([&] { return run.counts().exported == 1; }));  // whatever else it says
    run.export_one();
    REQUIRE(run.until([&] { return run.counts().dropped_refused == 2; }));
    CHECK(run.there.requests.size() == 4);
}

TEST_CASE("exporter: a collector that stalls or is away costs nothing but spans", "[otlp]") {
    bench run(100ms);
    SECTION("it stalls") {
        run.there.answers = {"stall", taken};
        run.export_one();
        REQUIRE(run.until([&] { return run.counts().failures_in_a_row == 1; }));
        CHECK(run.counts().last_error.ends_with("timed out"));
        REQUIRE(run.until([&] { return run.counts().exported == 1; }));
    }
    SECTION("nobody listens") {
        run.there.close();
        run.export_one();
        REQUIRE(run.until([&] { return run.counts().failures_in_a_row >= 6; }));
        CHECK(run.counts().last_error.find("Connection refused") != std::string::npos);
        CHECK(run.counts().waiting == 1);
    }
    SECTION("it is gone before it has answered") {
        run.there.answers = {"stall"};
        run.export_one();
        REQUIRE(run.until([&] { return run.there.requests.size() == 1; }));
        run.exporter_.reset();
        test::run_until(run.shard, [&, turns = 0]() mutable { return ++turns > 20; });
    }
    SECTION("it answers with more than anybody reads") {
        run.there.answers = {
            "HTTP/1.1 200 OK\r\nContent-Length: 99999999\r\n\r\n",
            "HTTP/1.1 200 OK\r\nX: " + std::string(100'000, 'x') + "\r\n\r\n",
            taken};
        run.export_one();
        REQUIRE(run.until([&] { return run.counts().exported == 1; }));
    }
}

TEST_CASE("exporter: where it sends to", "[otlp]") {
    CHECK(parse_http_url("http://127.0.0.1:4318") == http_url{"127.0.0.1", 4318, ""});
    CHECK(parse_http_url("http://[::1]:4318/a/b/") == http_url{"::1", 4318, "/a/b"});
    CHECK(parse_http_url("http://collector") == http_url{"collector", 80, ""});
    CHECK(parse_http_url("http://[::1]:4318")->authority() == "[::1]:4318");
    for (const char* const none :
         {"",
          "collector:4318",
          "https://c:4318",
          "http://",
          "http://u:p@c",
          "http://c/?q",
          "http://c:0",
          "http://c:70000",
          "http:?",
          "http://c:4b/"})
        CHECK_FALSE(parse_http_url(none));
}

namespace {

struct metrics_bench {
    explicit metrics_bench(std::vector<std::string> answers) {
        there.answers.assign(answers.begin(), answers.end());
        exporter_.emplace(
            shard,
            std::make_unique<http_channel>(
                shard,
                http_url{"127.0.0.1", there.port(), "/v1/metrics"},
                http_channel::header_list{},
                5s
            ),
            metrics_options{{{"service.name", std::string("meshhost")}}, "0.1.0", 10ms},
            [this](std::function<void(metrics_exporter::scoped_list)> take) { ask(take); },
            costs,
            logger("otlp")
        );
    }
    void ask(const std::function<void(metrics_exporter::scoped_list)>& take) {
        telemetry::metric members{
            "mesh.members",
            "",
            "",
            telemetry::metric_kind::gauge,
            {},
            {{{}, false, 18, 0, {}}}};
        scoped_metrics own{"meshhost", {}};
        own.said.metrics = {members};
        asked = take;
        if (!is_slow) take({own});
    }
    template <class Predicate>
    bool until(Predicate done) {
        return test::run_until(shard, done);
    }

    net::shard shard;
    collector there{shard};
    telemetry::cost_meter costs;
    std::function<void(metrics_exporter::scoped_list)> asked;
    bool is_slow = false;
    std::optional<metrics_exporter> exporter_;
};

}  // namespace

TEST_CASE("metrics: a collector is told again and again, also one that was away", "[otlp]") {
    metrics_bench b({taken, answer(503), taken});
    REQUIRE(b.until([&] { return b.exporter_->counts().exported >= 3; }));
    CHECK(b.exporter_->counts().failed == 1);
    const auto& request = b.there.requests.front();
    CHECK(request.target() == "/v1/metrics");
    CHECK(request["Content-Type"] == "application/x-protobuf");
    CHECK(request.body().find("mesh.members") != std::string::npos);
    CHECK(b.costs.total() > duration::zero());
}

TEST_CASE("metrics: who takes none is asked once", "[otlp]") {
    metrics_bench b({answer(404)});
    REQUIRE(b.until([&] { return b.exporter_->counts().failed == 1; }));
    CHECK(b.exporter_->counts().is_refused);
    const auto several_intervals = b.shard.now() + 100ms;
    REQUIRE(b.until([&] { return b.shard.now() >= several_intervals; }));
    CHECK(b.there.requests.size() == 1);
}

TEST_CASE("metrics: an answer that comes after the exporter went is for nobody", "[otlp]") {
    metrics_bench b({taken});
    b.is_slow = true;
    REQUIRE(b.until([&] { return b.asked != nullptr; }));
    b.exporter_.reset();
    b.asked({});
    CHECK(b.there.requests.empty());
}
