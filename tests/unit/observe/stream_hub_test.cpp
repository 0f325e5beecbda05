// SPDX-License-Identifier: Apache-2.0
#include "observe/stream_hub.hpp"
#include "support/catch.hpp"
#include "support/loop.hpp"
#include "unit/admin/fake_host.hpp"

#include <boost/json/parse.hpp>

using namespace meshhost;
using namespace meshhost::observe;

namespace json = boost::json;

namespace {

/// A browser's end, whose network is as slow as the test wants.
class fake_socket final : public http::websocket {
public:
    void send(std::shared_ptr<const std::string> text) override {
        frames.push_back(json::parse(*text).as_object());
        untaken.push_back(std::move(text));
    }
    std::size_t waiting() const override { return unread; }
    void close(unsigned code, std::string_view) override { closed_with = code; }
    void cut_off() override {
        is_cut_off = true;
        untaken.clear();
    }

    std::string kinds() const {
        std::string all;
        for (const auto& frame : frames)
            all += std::string(frame.at("t").as_string()) + " ";
        return all;
    }

    std::vector<json::object> frames;
    std::vector<std::shared_ptr<const std::string>> untaken;
    bool is_cut_off = false;
    std::size_t unread = 0;
    std::optional<unsigned> closed_with;
};

struct stage {
    stage() {
        hub.set_source(&source);
        REQUIRE(test::run_until(shard, [&] { return source.log().newest().has_value(); }));
    }
    struct browser {
        std::shared_ptr<http::websocket_handler> handler;
        std::shared_ptr<fake_socket> socket = std::make_shared<fake_socket>();
    };
    browser open(std::string_view hello = R"({"t":"hello","v":1})") {
        browser one;
        one.handler = hub.new_client();
        REQUIRE(one.handler != nullptr);
        one.handler->on_open(one.socket);
        if (!hello.empty()) one.handler->on_text(hello);
        return one;
    }
    /// Something of the mesh is another than before; until that was told.
    void change() {
        const auto before = source.sequence();
        host.is_drained = !host.is_drained;
        REQUIRE(test::run_until(shard, [&] { return source.sequence() > before; }));
    }

    net::shard shard;
    test::fake_host host;
    test::fake_asker others;
    telemetry::event_journal journal;
    stream_hub hub{shard};
    observatory source{{shard, host, journal, others}, {{"name", "lab"}}, hub};
};

}  // namespace

TEST_CASE("observe: who says hello gets a snapshot, then what changes", "[observe]") {
    stage s;
    const auto one = s.open();
    REQUIRE(one.socket->frames.size() == 1);
    CHECK(one.socket->frames[0].at("t") == "snapshot");
    const auto seq = one.socket->frames[0].at("seq").to_number<std::uint64_t>();
    s.change();
    const auto& delta = one.socket->frames.back().at("t") == "tick"
                            ? one.socket->frames[one.socket->frames.size() - 2]
                            : one.socket->frames.back();
    CHECK(delta.at("t") == "delta");
    CHECK(delta.at("seq").to_number<std::uint64_t>() == seq + 1);
    one.handler->on_closed();
    CHECK(s.hub.clients() == 0);
}

TEST_CASE("observe: nothing is told before the hello", "[observe]") {
    stage s;
    const auto silent = s.open("");
    s.change();
    CHECK(silent.socket->frames.empty());
}

TEST_CASE("observe: who was there goes on; who was too long away begins anew", "[observe]") {
    stage s;
    const auto seq = s.source.sequence();
    s.change();
    s.change();
    const auto back = s.open(R"({"t":"hello","v":1,"resume":)" + std::to_string(seq) + "}");
    CHECK(back.socket->kinds().starts_with("resumed delta delta "));
    const auto stranger = s.open(R"({"t":"hello","v":1,"resume":5})");
    CHECK(stranger.socket->kinds() == "gap snapshot ");
    const auto ahead = s.open(R"({"t":"hello","v":1,"resume":9007199254740991})");
    CHECK(ahead.socket->kinds() == "gap snapshot ");
}

TEST_CASE("observe: one that reads too slowly gets a snapshot when it has caught up", "[observe]") {
    stage s;
    const auto slow = s.open();
    const auto quick = s.open();
    slow.socket->unread = stream_hub::unread_max + 1;
    s.change();
    s.change();
    CHECK(slow.socket->kinds() == "snapshot ");
    CHECK(quick.socket->kinds().find("delta") != std::string::npos);
    slow.socket->unread = 0;
    slow.handler->on_drained();
    CHECK(slow.socket->kinds() == "snapshot snapshot ");
    CHECK(s.hub.snapshots_again() == 1);
    CHECK(slow.socket->frames.back().at("seq").to_number<std::uint64_t>() == s.source.sequence());
    s.change();
    CHECK(slow.socket->kinds().find("delta") != std::string::npos);
}

TEST_CASE("observe: who still reads the oldest of too many snapshots is cut off", "[observe]") {
    stage s;
    std::vector<stage::browser> all;
    const auto open_two = [&] {
        all.push_back(s.open());
        all.push_back(s.open());
        CHECK(all.back().socket->untaken[0] == all[all.size() - 2].socket->untaken[0]);
        s.change();
    };
    const auto cut_off = [&] {
        return std::count_if(all.begin(), all.end(), [](const auto& each) {
            return each.socket->is_cut_off;
        });
    };
    const auto take_all = [](const stage::browser& of) {
        of.socket->untaken.clear();
        of.handler->on_drained();
    };
    for (std::size_t i = 0; i < stream_hub::snapshots_max; ++i)
        open_two();
    take_all(all[0]);  // and the other of the two has not
    CHECK(cut_off() == 0);
    open_two();
    CHECK(cut_off() == 1);
    CHECK(all[1].socket->is_cut_off);
    CHECK(s.hub.cut_off() == 1);
    take_all(all[2]);
    take_all(all[3]);
    open_two();
    CHECK(cut_off() == 1);
}

TEST_CASE("observe: what is no hello ends it", "[observe]") {
    stage s;
    for (const char* odd :
         {"",
          "hello",
          "[]",
          "{}",
          R"({"t":"hello"})",
          R"({"t":"hello","v":2})",
          "{\"t\":7,\"v\":1}"}) {
        CAPTURE(odd);
        const auto one = s.open("");
        one.handler->on_text(odd);
        CHECK(one.socket->closed_with == 1008U);
        one.handler->on_closed();
    }
    const auto twice = s.open();
    twice.handler->on_text(R"({"t":"hello","v":1})");
    CHECK(twice.socket->closed_with == 1008U);
}

TEST_CASE("observe: there is room for so many, and all are told of the end", "[observe]") {
    stage s;
    std::vector<stage::browser> all;
    for (std::size_t i = 0; i < stream_hub::clients_max; ++i)
        all.push_back(s.open());
    CHECK(s.hub.new_client() == nullptr);
    s.hub.close();
    for (const auto& each : all)
        CHECK(each.socket->closed_with == 1001U);
    CHECK(s.hub.clients() == 0);
}

TEST_CASE("observe: a client may outlive the hub", "[observe]") {
    auto s = std::make_unique<stage>();
    const auto one = s->open();
    const auto late = s->hub.new_client();
    s.reset();
    one.handler->on_text("{}");
    one.handler->on_drained();
    one.handler->on_closed();
    const auto socket = std::make_shared<fake_socket>();
    late->on_open(socket);
    CHECK(socket->closed_with == 1001U);
}
