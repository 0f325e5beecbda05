// SPDX-License-Identifier: Apache-2.0
// Askers that keep to no rule, on streams that they write themselves.
#include "introspect/close_code.hpp"
#include "introspect/message.hpp"
#include "introspect_fixture.hpp"

using namespace meshhost;
using test::introspect_fixture;

namespace {

class raw_asker final : public transport::connection_handler, public transport::stream_handler {
public:
    void on_connected(transport::connection&) override { is_connected = true; }
    void on_stream(transport::connection&, std::shared_ptr<transport::stream>) override {}
    void on_data(transport::stream& from, bytes_view data, bool fin) override {
        received.insert(received.end(), data.begin(), data.end());
        is_ended = is_ended || fin;
        if (is_reading) from.consume(data.size());
    }
    void on_closed(transport::stream&, transport::stream_end, std::uint64_t with) override {
        ++ends;
        code = with;
    }
    void on_closed(transport::connection&, const transport::close_reason&) override {
        is_closed = true;
    }

    bool is_connected = false;
    bool is_closed = false;
    bool is_ended = false;
    bool is_reading = true;
    byte_buffer received;
    unsigned ends = 0;
    std::uint64_t code = 0;
};

struct hostile_fixture : introspect_fixture {
    void connect() {
        connection = asker.connect(
            {asked.id(), {}, {asked.bound().front()}},
            introspect::introspect_alpn,
            raw,
            {}
        );
        REQUIRE(wait([&] { return raw->is_connected; }));
    }
    std::shared_ptr<transport::stream> open() { return connection->open_bidi(raw); }
    /// One stream with these bytes; the code with which it is broken off.
    std::uint64_t code_for(bytes_view bytes, bool fin = false) {
        open()->write(bytes, fin);
        REQUIRE(wait([&] { return raw->ends == 1; }));
        return raw->code;
    }

    std::shared_ptr<raw_asker> raw = std::make_shared<raw_asker>();
    std::shared_ptr<transport::connection> connection;
};

byte_buffer good_question(std::string path) {
    return *introspect::encode(introspect::question{{"GET", std::move(path), "", {}}, ""});
}

const auto bad_question = introspect::to_wire(introspect::close_code::bad_question);

}  // namespace

TEST_CASE("introspect: garbage is broken off", "[introspect]") {
    hostile_fixture hosts;
    hosts.serve();
    hosts.connect();
    const auto bytes = GENERATE(
        byte_buffer{0, 0, 0, 0},            // an empty message
        byte_buffer{0, 1, 0, 1},            // one of 64 KiB and a byte
        byte_buffer{255, 255, 255, 255},    // of 4 GiB
        byte_buffer{0, 0, 0, 2, '[', ']'},  // no object
        byte_buffer{0, 0, 0, 2, '{', '}'},  // no path
        byte_buffer{0, 0, 0, 3, 1, 2, 3}    // no JSON
    );
    CHECK(hosts.code_for(bytes) == bad_question);
    CHECK(hosts.routes.asked_times == 0);
    CHECK(hosts.server->measure().streams == 0);
}

TEST_CASE("introspect: half a question that ends is broken off", "[introspect]") {
    hostile_fixture hosts;
    hosts.serve();
    hosts.connect();
    auto question = good_question("/v1/status");
    question.resize(question.size() / 2);
    CHECK(hosts.code_for(question, true) == bad_question);
}

TEST_CASE("introspect: half a question that does not end is timed out", "[introspect]") {
    hostile_fixture hosts;
    hosts.options.limits.question_timeout = 10ms;
    hosts.serve();
    hosts.connect();
    auto question = good_question("/v1/status");
    question.resize(question.size() / 2);
    CHECK(hosts.code_for(question) == introspect::to_wire(introspect::close_code::timeout));
    CHECK(hosts.server->measure().streams == 0);
}

TEST_CASE("introspect: bytes behind the question are none", "[introspect]") {
    hostile_fixture hosts;
    hosts.serve();
    hosts.connect();
    auto question = good_question("/v1/status");
    question.push_back('x');
    CHECK(hosts.code_for(question) == bad_question);
    CHECK(hosts.routes.asked_times == 0);
}

TEST_CASE("introspect: a question may come in pieces", "[introspect]") {
    hostile_fixture hosts;
    hosts.serve();
    hosts.connect();
    const auto stream = hosts.open();
    for (const auto byte : good_question("/v1/status"))
        stream->write(bytes_view(&byte, 1));
    CHECK(hosts.wait([&] { return hosts.raw->is_ended; }));
    CHECK(as_text(hosts.raw->received).ends_with("{\"ok\":true}\n"));
}

TEST_CASE("introspect: a thousand streams are eight", "[introspect]") {
    hostile_fixture hosts;
    hosts.serve();
    hosts.connect();
    for (int i = 0; i < 1000; ++i)
        hosts.open()->write(good_question("/v1/silence"));
    REQUIRE(hosts.wait([&] { return hosts.raw->ends == 992; }));
    CHECK(hosts.server->measure().streams == 8);
    CHECK(hosts.routes.asked_times == 8);
    CHECK(hosts.raw->code == introspect::to_wire(introspect::close_code::too_many));
}

TEST_CASE("introspect: connections of one asker are limited", "[introspect]") {
    hostile_fixture hosts;
    hosts.serve();
    std::vector<std::shared_ptr<raw_asker>> all;
    for (int i = 0; i < 10; ++i) {
        all.push_back(std::make_shared<raw_asker>());
        hosts.asker.connect(
            {hosts.asked.id(), {}, {hosts.asked.bound().front()}},
            introspect::introspect_alpn,
            all.back(),
            {}
        );
    }
    const auto closed = [&] {
        return std::count_if(all.begin(), all.end(), [](auto& each) { return each->is_closed; });
    };
    REQUIRE(hosts.wait([&] { return closed() == 6; }));
    CHECK(hosts.server->measure().connections == 4);
}

TEST_CASE("introspect: a connection without a question is let go", "[introspect]") {
    hostile_fixture hosts;
    hosts.options.limits.idle_timeout = 10ms;
    hosts.serve();
    hosts.connect();
    CHECK(hosts.wait([&] { return hosts.raw->is_closed; }));
    CHECK(hosts.server->measure().connections == 0);
}

TEST_CASE("introspect: who never reads an answer loses it", "[introspect]") {
    hostile_fixture hosts;
    hosts.options.limits.reading_timeout = 10ms;
    hosts.asker.set_window(1000);
    hosts.raw->is_reading = false;
    hosts.serve();
    hosts.connect();
    hosts.open()->write(good_question("/v1/large"), true);
    CHECK(hosts.wait([&] { return hosts.raw->ends == 1; }));
    CHECK(hosts.raw->code == introspect::to_wire(introspect::close_code::timeout));
    CHECK(hosts.server->measure().streams == 0);
}

TEST_CASE(
    "introspect: who never reads a stream is cut off, and its memory is bounded",
    "[introspect]"
) {
    hostile_fixture hosts;
    hosts.asker.set_window(1000);
    hosts.raw->is_reading = false;
    hosts.serve();
    hosts.connect();
    hosts.open()->write(good_question("/v1/events"));
    REQUIRE(hosts.wait([&] { return hosts.routes.held.size() == 1; }));
    auto& stream = *hosts.routes.held[0];
    bool is_told_inside = false;
    stream.watch([&] { is_told_inside = true; });
    const std::string line(1000, 'x');
    std::size_t written = 0;
    while (stream.write(line))
        written += line.size();
    CHECK(written <= hosts.options.limits.unread_bytes_max);
    CHECK_FALSE(is_told_inside);
    CHECK(hosts.wait([&] { return hosts.raw->ends == 1; }));
    CHECK(stream.waiting() == 0);
}

TEST_CASE(
    "introspect: an answer that was asked for outlives its asker harmlessly",
    "[introspect]"
) {
    hostile_fixture hosts;
    hosts.serve();
    hosts.connect();
    hosts.open()->write(good_question("/v1/silence"));
    REQUIRE(hosts.wait([&] { return hosts.routes.held.size() == 1; }));
    hosts.connection->close(0, "gone");
    REQUIRE(hosts.wait([&] { return hosts.server->measure().connections == 0; }));
    hosts.routes.held[0]->reply({200, "text/plain", "nobody"});
    CHECK_FALSE(hosts.routes.held[0]->write("nobody"));
}
