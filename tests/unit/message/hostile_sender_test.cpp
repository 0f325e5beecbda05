// SPDX-License-Identifier: Apache-2.0
// What others may send on mesh/message/1, and what it costs us.
#include "message_fixture.hpp"

using namespace meshhost;
using namespace meshhost::test;
using message::close_code;
using message::status;

namespace {

/// A connection to `there`, and streams on it that say what the test wants.
class raw_sender final : public transport::connection_handler,
                         public transport::stream_handler,
                         public std::enable_shared_from_this<raw_sender> {
public:
    void dial(message_fixture& test) {
        connection = test.here.connect(
            test.address_of(test.there.id()),
            message::message_alpn,
            shared_from_this(),
            {}
        );
        REQUIRE(test.wait([&] { return connection->is_connected() || is_closed; }));
    }
    std::shared_ptr<transport::stream> send(bytes_view data, bool fin = true, bool is_bidi = true) {
        const auto opened = is_bidi ? connection->open_bidi(shared_from_this())
                                    : connection->open_uni(shared_from_this());
        if (opened != nullptr) opened->write(data, fin);
        return opened;
    }

    void on_stream(transport::connection&, std::shared_ptr<transport::stream>) override {}
    void on_closed(transport::connection&, const transport::close_reason& why) override {
        is_closed = true;
        code = why.code;
    }
    void on_data(transport::stream& from, bytes_view data, bool) override {
        from.consume(data.size());
        got.insert(got.end(), data.begin(), data.end());
    }
    void on_closed(transport::stream&, transport::stream_end, std::uint64_t why) override {
        ++ended;
        stream_code = why;
    }

    std::shared_ptr<transport::connection> connection;
    bool is_closed = false;
    std::uint64_t code = 0;
    unsigned ended = 0;
    std::uint64_t stream_code = 0;
    byte_buffer got;
};

byte_buffer request_frame(duration timeout = 5s) {
    return message::encode("jobs", timeout, std::nullopt, as_bytes("x"));
}

}  // namespace

TEST_CASE("message: what is no frame ends its stream alone", "[message][hostile]") {
    message_fixture test;
    const auto sender = std::make_shared<raw_sender>();
    sender->dial(test);
    byte_buffer twice = request_frame();
    const byte_buffer once = twice;
    twice.insert(twice.end(), once.begin(), once.end());
    const std::vector<byte_buffer> broken{
        {0xff, 0xff, 0xff, 0xff},
        {0, 0, 0, 0},
        {0, 0, 0, 9, 1, 2},  // and no more
        {0, 0, 0, 1, 7},
        twice,
        request_frame(0s),  // a notice that waits for an answer
    };
    unsigned ended = 0;
    for (const auto& bytes : broken) {
        sender->send(bytes);
        ++ended;
        REQUIRE(test.wait([&] { return sender->ended == ended; }));
        CHECK(sender->stream_code == message::to_wire(close_code::bad_frame));
    }
    sender->send(request_frame(), true, false);  // a request that can have no answer
    CHECK(test.wait([&] { return test.other.measure().streams == 0; }));
    CHECK(test.port.heard.empty());
    CHECK_FALSE(sender->is_closed);
    sender->send(once);
    CHECK(test.wait([&] { return test.port.heard.size() == 1; }));
}

TEST_CASE("message: streams of one peer are bounded", "[message][hostile]") {
    message_fixture test;
    const message::exchange_limits limits;
    const auto sender = std::make_shared<raw_sender>();
    sender->dial(test);
    for (std::size_t i = 0; i < limits.streams_per_peer_max + 3; ++i)
        sender->send({}, false);
    for (unsigned i = 0; i < 3; ++i) {
        byte_buffer part{0, 0};
        sender->send(part, false);
    }
    REQUIRE(test.wait([&] { return sender->ended >= 3; }));
    CHECK(sender->stream_code == message::to_wire(close_code::too_many));
    CHECK(test.other.measure().streams <= limits.streams_per_peer_max);
    CHECK(test.other.measure().refused >= 3);
}

TEST_CASE("message: connections of one peer are bounded", "[message][hostile]") {
    message_fixture test;
    const message::exchange_limits limits;
    std::vector<std::shared_ptr<raw_sender>> senders;
    for (std::size_t i = 0; i <= limits.sessions_per_peer_max; ++i) {
        senders.push_back(std::make_shared<raw_sender>());
        senders.back()->dial(test);
    }
    REQUIRE(test.wait([&] { return senders.back()->is_closed; }));
    CHECK(senders.back()->code == message::to_wire(close_code::too_many));
    CHECK_FALSE(senders.front()->is_closed);
}

TEST_CASE("message: a role that answers for a peer that went speaks to nobody", "[message]") {
    message_fixture test;
    test.port.is_silent = true;
    const auto sender = std::make_shared<raw_sender>();
    sender->dial(test);
    const auto stream = sender->send(request_frame());
    REQUIRE(test.wait([&] { return test.port.kept.size() == 1; }));
    sender->connection->close(0, "gone");
    REQUIRE(test.wait([&] { return test.port.gone == 1; }));
    test.port.kept.front()->answer(0, as_bytes("x"));
    test.port.kept.front()->answer(0, as_bytes("y"));
    CHECK(test.other.measure().sessions == 0);
}

TEST_CASE("message: an answer that is none", "[message][hostile]") {
    message_fixture test;
    // A host that answers with nonsense: its exchange is replaced by a route of the test's.
    fake_endpoint liar(test.network, key_of(3), ip_endpoint::loopback_v4(3));
    class liar_stream final : public transport::stream_handler {
    public:
        explicit liar_stream(byte_buffer what)
            : what_(std::move(what)) {}
        void on_data(transport::stream& from, bytes_view data, bool) override {
            from.consume(data.size());
            if (!what_.empty()) from.write(std::exchange(what_, {}), true);
        }
        void on_closed(transport::stream&, transport::stream_end, std::uint64_t) override {}

    private:
        byte_buffer what_;
    };
    class liar_connection final : public transport::connection_handler {
    public:
        void on_stream(transport::connection&, std::shared_ptr<transport::stream> opened) override {
            opened->set_handler(std::make_shared<liar_stream>(answers.back()));
            answers.pop_back();
        }
        std::vector<byte_buffer> answers{{0, 0, 0, 2, 9, 9}, {0xff, 0, 0, 0}, {0, 0, 0, 8, 1}};
    };
    const auto lies = std::make_shared<liar_connection>();
    transport::accept_route route(
        liar.router(),
        std::string(message::message_alpn),
        [&](std::shared_ptr<transport::connection> incoming) { incoming->set_handler(lies); }
    );
    for (std::size_t i = 1; i <= 3; ++i) {
        test.mine->request(liar.id(), "jobs", {}, 30s, test.replies, i);
        REQUIRE(test.answered(i));
        CHECK(test.replies.has(status::io));
    }
    CHECK(test.mine->measure().sent == 0);
}
