// SPDX-License-Identifier: Apache-2.0
#include "base/unique_fd.hpp"
#include "ctl/api_client.hpp"
#include "ctl/live_session.hpp"
#include "ctl_fixture.hpp"
#include "http/envelope.hpp"
#include "http/http_server.hpp"
#include "http/unix_listener.hpp"
#include "support/temp_dir.hpp"

#include <boost/asio/executor_work_guard.hpp>
#include <boost/json/serialize.hpp>

#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <future>
#include <optional>
#include <thread>

using namespace meshhost;

namespace {

constexpr const char* far_id = "bbbb000000000000000000000000000000000000000000000000000000000000";

http::response enveloped(const char* name, boost::json::value data) {
    return {
        200,
        http::content_type_json,
        boost::json::serialize(http::make_envelope(name, std::move(data)))};
}

/// A host that knows one other, "far", and streams.
class scripted_host final : public http::request_handler {
public:
    void on_request(const http::request& asked, std::shared_ptr<http::exchange> answer) override {
        if (asked.path == "/v1/status")
            return answer->reply(enveloped(
                "status",
                {{"self", {{"id", "aaaa"}, {"name", "near"}}},
                 {"peers", {{{"id", far_id}, {"name", "far"}}}}}
            ));
        if (asked.path == std::string("/v1/via/") + far_id + "/peers")
            return answer->reply(enveloped("peers", {{"of", "far"}}));
        if (asked.path == "/v1/peers") return answer->reply(enveloped("peers", {{"of", "near"}}));
        if (asked.path == "/v1/drain")
            return answer->reply(enveloped("drain", {{"method", asked.method}}));
        if (asked.path == "/v1/garbage") return answer->reply({200, "text/plain", "garbage"});
        stream(asked.path, std::move(answer));
    }
    http::response describe_fault(unsigned status, std::string_view reason) override {
        return {status, "text/plain", std::string(reason)};
    }

private:
    void stream(const std::string& path, std::shared_ptr<http::exchange> answer) {
        answer->begin_stream(http::content_type_ndjson);
        answer->write("{\"line\":1}\n");
        if (path == "/v1/endless") return held_.push_back(std::move(answer));
        if (path == "/v1/cut") return answer->write(std::string(32 << 20, 'x')), void();
        if (path == "/v1/failing") {
            const failure error{exit_code::timeout, "E_TIMEOUT", "the other end is slow", ""};
            answer->write(boost::json::serialize(http::make_error_envelope(error)) + "\n");
        }
        answer->finish();
    }

    std::vector<std::shared_ptr<http::exchange>> held_;
};

class running_host {
public:
    running_host() {
        auto listener = http::unix_listener::claim(socket());
        REQUIRE(listener.has_value());
        server_.emplace(
            shard_,
            std::make_unique<http::unix_listener>(std::move(*listener)),
            handler_,
            http::http_limits()
        );
        thread_ = std::thread([this] { shard_.run(); });
    }
    ~running_host() {
        std::promise<void> done;
        shard_.post([&] {
            server_.reset();
            done.set_value();
        });
        done.get_future().wait();
        shard_.stop();
        thread_.join();
    }

    std::filesystem::path socket() const { return directory_ / "host.sock"; }
    ctl::api_client client(std::string via = {}) const { return {{socket()}, 20s, via}; }

private:
    test::temp_dir directory_;
    net::shard shard_;
    boost::asio::executor_work_guard<boost::asio::io_context::executor_type> running_{
        shard_.context().get_executor()};
    scripted_host handler_;
    std::optional<http::http_server> server_;
    std::thread thread_;
};

const auto take_all = [](const boost::json::object&) { return true; };

std::string of(const outcome<boost::json::object>& answer) {
    REQUIRE(answer.has_value());
    return std::string(answer->at("data").at("of").as_string());
}

}  // namespace

TEST_CASE("ctl: what is asked via a node goes to that node", "[ctl]") {
    const running_host host;
    CHECK(of(host.client().get("/v1/peers")) == "near");
    CHECK(of(host.client("far").get("/v1/peers")) == "far");
    CHECK(of(host.client("bbbb").get("/v1/peers")) == "far");
    CHECK(of(host.client("near").get("/v1/peers")) == "near");
    const auto nobody = host.client("nobody").get("/v1/peers");
    REQUIRE(nobody.has_error());
    CHECK(nobody.error().code == "E_PEER_UNKNOWN");
    CHECK(nobody.error().exit == exit_code::unreachable);
}

TEST_CASE("ctl: an order is a POST, and garbage is no answer", "[ctl]") {
    const running_host host;
    const auto done = host.client().post("/v1/drain", {});
    REQUIRE(done.has_value());
    CHECK(done->at("data").at("method").as_string() == "POST");
    CHECK(host.client().get("/v1/garbage").error().code == "E_BAD_ANSWER");
}

TEST_CASE("ctl: a stream that is to go on must not end by itself", "[ctl]") {
    const running_host host;
    CHECK(host.client().lines("/v1/finite", 20s, take_all).has_value());
    const auto ended = host.client().follow("/v1/finite", 20s, take_all, {});
    REQUIRE(ended.has_error());
    CHECK(ended.error().code == "E_STREAM_ENDED");
    CHECK(ended.error().exit == exit_code::unreachable);
    const auto cut = host.client().follow("/v1/cut", 20s, take_all, {});
    REQUIRE(cut.has_error());
    CHECK(cut.error().code == "E_STREAM_ENDED");
}

TEST_CASE("ctl: an error in a stream is the stream's", "[ctl]") {
    const running_host host;
    const auto failing = host.client().follow("/v1/failing", 20s, take_all, {});
    REQUIRE(failing.has_error());
    CHECK(failing.error().message == "the other end is slow");
}

TEST_CASE("ctl: who follows can have had enough", "[ctl]") {
    const running_host host;
    int lines = 0;
    const auto take_one = [&](const boost::json::object&) { return ++lines < 1; };
    CHECK(host.client().follow("/v1/endless", 20s, take_one, {}).has_value());
    CHECK(lines == 1);
}

TEST_CASE("ctl: a signal is news for who follows, and kills nobody", "[ctl]") {
    const running_host host;
    auto live = ctl::live_session::open(0s, false);
    REQUIRE(live.has_value());
    bool is_interrupted = false;
    const auto go_on = [&] {
        is_interrupted = live->take().kind == ctl::live_news::interrupted;
        return !is_interrupted;
    };
    const auto raise_now = [](const boost::json::object&) { return std::raise(SIGINT) == 0; };
    const http::side_input aside[] = {{live->descriptor(), go_on}};
    const auto forever = http::stream_timing::for_ever;
    CHECK(host.client().follow("/v1/endless", forever, raise_now, aside).has_value());
    CHECK(is_interrupted);
    CHECK(live->take().kind == ctl::live_news::none);

    REQUIRE(std::raise(SIGWINCH) == 0);
    CHECK(live->take().kind == ctl::live_news::resized);
    REQUIRE(std::raise(SIGTERM) == 0);
    CHECK_FALSE(live->sleep(1h));
    REQUIRE(std::raise(SIGINT) == 0);  // one that nobody takes must not outlive the session
}

TEST_CASE("ctl: who asks twice to stop is not kept waiting", "[ctl]") {
    const auto child = ::fork();
    if (child == 0) {
        auto live = ctl::live_session::open(0s, false);
        std::raise(SIGINT);
        std::raise(SIGTERM);  // nobody has taken the first
        ::_exit(1);
    }
    int status = 0;
    REQUIRE(::waitpid(child, &status, 0) == child);
    CHECK(WIFEXITED(status));
    CHECK(WEXITSTATUS(status) == 130);
}

TEST_CASE("ctl: a signal that was ignored still is", "[ctl]") {
    const auto before = std::signal(SIGINT, SIG_IGN);
    {
        auto live = ctl::live_session::open(0s, false);
        REQUIRE(live.has_value());
        REQUIRE(std::raise(SIGINT) == 0);
        CHECK(live->take().kind == ctl::live_news::none);
    }
    CHECK(std::signal(SIGINT, before) == SIG_IGN);
}

TEST_CASE("ctl: a session has its beats", "[ctl]") {
    auto live = ctl::live_session::open(1ms, false);
    REQUIRE(live.has_value());
    CHECK(live->sleep(20ms));
    while (live->take().kind != ctl::live_news::beat) {
    }
    SUCCEED("a beat came");
}
