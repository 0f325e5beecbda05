// SPDX-License-Identifier: Apache-2.0
// Roles that speak with each other: from a plugin through its host and the transport to another
// host's plugin, and back.
#include "mesh_bench.hpp"

#include <thread>

using namespace meshhost;
using namespace meshhost::test;
using plugin::proto::instance_state;

namespace {

std::string denied(const std::string& permission) {
    return "\"" + permission
           + "\" is not granted: the role declares it, or plugin.talker-0.grant "
             "names it";
}

/// Stops the host's roles: nothing is left open, by the role or by the host for it.
void check_stop(mesh_host_bench& host) {
    CHECK(host.plugins.stop() == 0);
    CHECK(host.plugins.errors.empty());
    CHECK(host.plugins.manager().measure().handles == 0);
    CHECK(host.topics.measure().topics == 0);
    CHECK(host.messages.measure().ports == 0);
    CHECK(host.messages.measure().sent == 0);
}

}  // namespace

TEST_CASE("gossip table: what one role says is heard by those who listen", "[plugin][gossip]") {
    mesh_bench mesh(GENERATE(false, true));
    auto& one = mesh.add_talker();
    auto& two = mesh.add_talker();
    auto& three = mesh.add_talker();
    for (auto* each : {&two, &three}) {
        each->tell("subscribe talk/news");
        REQUIRE(each->hears("subscribe 0"));
    }
    one.tell("publish talk/news 0 good morning");  // that it does not listen to itself
    CHECK(two.hears("heard talk/news " + one.short_id() + " 0 good morning"));
    CHECK(three.hears("heard talk/news " + one.short_id() + " 0 good morning"));
    two.tell("publish talk/news 0 and to you");
    CHECK(three.hears("heard talk/news " + two.short_id() + " 0 and to you"));
    CHECK(two.count("heard") == 1);  // not its own
    CHECK(one.count("heard") == 0);
    two.tell("publish talk/news 2 to me as well");
    CHECK(two.hears("heard talk/news " + two.short_id() + " 2 to me as well"));
    CHECK(three.hears("heard talk/news " + two.short_id() + " 0 to me as well"));
    two.tell("publish talk/other 0 elsewhere");
    two.tell("publish talk/news 1 to neighbours");
    CHECK(three.hears("heard talk/news " + two.short_id() + " 1 to neighbours"));
    three.tell("unsubscribe talk/news");
    CHECK(three.hears("unsubscribe 0"));
    CHECK(three.count("out of order") == 0);
    for (auto& host : mesh.hosts)
        check_stop(*host);
}

TEST_CASE("gossip table: what is said before anybody is there waits a while", "[plugin][gossip]") {
    mesh_bench mesh;
    auto& one = mesh.add_talker();
    one.tell("publish talk/news 0 early");
    REQUIRE(one.hears("publish 0"));
    auto& two = mesh.add_talker();
    two.tell("subscribe talk/news");
    CHECK(two.hears("heard talk/news " + one.short_id() + " 0 early"));
}

TEST_CASE("gossip table: roles of one host hear each other", "[plugin][gossip]") {
    mesh_bench mesh;
    auto& host = mesh.add();
    REQUIRE(
        host.plugins.load_all({{role_plugin("broker"), {}, {}}, {role_plugin("broker"), {}, {}}}
        ).empty()
    );
    host.plugins.manager().start();
    REQUIRE(host.plugins.until_state(instance_state::running));
    class replies final : public message::reply_sink {
    public:
        void on_reply(std::uint64_t, std::int32_t status, bytes_view body) override {
            said = std::to_string(status) + " " + std::string(as_text(body));
        }
        std::string said;
    } heard;
    REQUIRE(mesh.until([&] { return host.messages.measure().ports == 1; }));
    host.messages.request(host.endpoint.id(), "broker.submit", {'j'}, 30s, heard, 1);
    CHECK(mesh.until([&] { return heard.said == "0 announced"; }));
    CHECK(host.plugins.until_value("broker.jobs", std::uint64_t{1}));
    check_stop(host);
}

TEST_CASE("gossip table: a topic that is flooded lags, and says so", "[plugin][gossip]") {
    mesh_bench mesh;
    auto& host = mesh.add_talker();
    host.tell("subscribe talk/news 0 4");
    REQUIRE(host.hears("subscribe 0"));
    host.tell_and_block("flood talk/news 100 10");
    REQUIRE(mesh.until([&] { return host.topics.measure().said == 100; }));
    host.let_go();
    CHECK(host.hears("lagged talk/news 64"));  // 32 were under way, 4 waited
    host.tell("publish talk/news 2 last");
    CHECK(host.hears("heard talk/news " + host.short_id() + " 2 last"));
    CHECK(host.count("heard") == 37);

    host.tell("unsubscribe talk/news\nsubscribe talk/news 1 4");  // the newest are lost
    REQUIRE(host.hears("subscribe 0"));
    host.tell_and_block("flood talk/news 100 10");
    REQUIRE(mesh.until([&] { return host.topics.measure().said == 201; }));
    host.let_go();
    CHECK(host.hears("lagged talk/news 64"));
    CHECK(host.count("heard") == 73);

    host.tell("unsubscribe talk/news\nsubscribe talk/news 2 4");  // the subscription ends of it
    REQUIRE(host.hears("subscribe 0"));
    host.tell_and_block("flood talk/news 100 10");
    REQUIRE(mesh.until([&] { return host.topics.measure().said == 301; }));
    host.let_go();
    CHECK(host.hears("lagged talk/news 64"));
    host.tell("publish talk/news 2 unheard");
    REQUIRE(mesh.until([&] { return host.topics.measure().readers == 0; }));
    host.tell("subscribe talk/news");
    REQUIRE(host.hears("subscribe 0"));
    check_stop(host);
}

TEST_CASE("gossip table: bytes a second are granted", "[plugin][gossip]") {
    mesh_bench mesh;
    auto& host = mesh.add_talker();
    host.tell("flood talk/news 60 3900");  // 64 KiB a second, of two seconds at once
    CHECK(host.hears("flood -7 publish: 65536 bytes of gossip a second"));
}

TEST_CASE("gossip table: who is told to wait is told of room", "[plugin][gossip]") {
    mesh_bench mesh;
    auto& host = mesh.add_talker();
    host.tell("flood talk/news 1100 10");
    while (host.count("flood") == 0)  // and the host hears nothing meanwhile
        std::this_thread::yield();
    CHECK(host.count("flood 0 1024") == 1);
    CHECK(host.count("writable") == 0);
    CHECK(host.hears("writable"));
    host.tell("publish talk/news 0 more");
    CHECK(host.hears("publish 0"));
}

TEST_CASE("gossip table: what is refused", "[plugin][gossip]") {
    mesh_bench mesh(GENERATE(false, true));
    auto& host = mesh.add_talker();
    host.tell("subscribe elsewhere");
    CHECK(host.hears("subscribe -6 subscribe: " + denied("gossip:sub:elsewhere")));
    host.tell("publish elsewhere 0 x");
    CHECK(host.hears("publish -6 publish: " + denied("gossip:pub:elsewhere")));
    host.tell("subscribe talk/*");
    CHECK(host.hears("subscribe -1 "));
    host.tell("publish talk/news 8 x");
    CHECK(host.hears("publish -5 "));
    host.tell("subscribe talk/news 3");
    CHECK(host.hears("subscribe -5 "));
    host.tell("flood talk/news 1 3950");
    CHECK(host.hears("flood -13 publish: 3950 bytes, at most 3949"));
}

TEST_CASE("message table: a request has its answer", "[plugin][message]") {
    mesh_bench mesh(GENERATE(false, true));
    auto& asker = mesh.add_talker();
    auto& asked = mesh.add_talker();
    asked.tell("serve talk.echo echo");
    asked.tell("serve talk.fail fail");
    REQUIRE(asked.hears("serve 0"));
    REQUIRE(asked.hears("serve 0"));
    asker.tell("request " + asked.id() + " talk.echo 0 hello there");
    CHECK(asker.hears("reply 0 hello there"));
    CHECK(asked.hears("asked " + asker.short_id() + " hello there"));
    asker.tell("request " + asked.id() + " talk.fail 0 x");
    CHECK(asker.hears("reply -10007 as told"));
    asker.tell("request " + asked.id() + " talk.none 0 x");
    CHECK(asker.hears("reply -9 no role serves that port"));
    asker.tell("send " + asked.id() + " talk.echo psst");
    CHECK(asked.hears("told " + asker.short_id() + " psst"));
    asker.tell("large " + asked.id() + " talk.echo 65536");
    CHECK(asker.hears("reply 0 65536"));
    asker.tell("large " + asked.id() + " talk.echo 65537");
    CHECK(asker.hears("large -13 request: 65537 bytes, at most 65536"));
    asked.tell("unserve talk.echo");
    REQUIRE(asked.hears("unserve 0"));
    asker.tell("request " + asked.id() + " talk.echo 0 again");
    CHECK(asker.hears("reply -9 "));
    for (auto& host : mesh.hosts)
        check_stop(*host);
}

TEST_CASE("message table: a role asks its own node", "[plugin][message]") {
    mesh_bench mesh(GENERATE(false, true));
    auto& host = mesh.add_talker();
    host.tell("serve talk.echo echo");
    host.tell("request self talk.echo 0 me");
    CHECK(host.hears("asked " + host.short_id() + " me"));
    CHECK(host.hears("reply 0 me"));
    host.tell("send self talk.echo quietly");
    CHECK(host.hears("told " + host.short_id() + " quietly"));
    check_stop(host);
}

TEST_CASE("message table: every request has one answer", "[plugin][message]") {
    mesh_bench mesh(GENERATE(false, true));
    auto& asker = mesh.add_talker();
    auto& asked = mesh.add_talker();
    asked.tell("serve talk.hold hold");
    REQUIRE(asked.hears("serve 0"));
    const auto ask = [&](const std::string& timeout) {
        asker.tell("request " + asked.id() + " talk.hold " + timeout + " x");
        REQUIRE(asked.hears("held x"));
    };
    ask("50");
    CHECK(asker.hears("reply -11 "));  // in time
    asked.tell("answer late");
    CHECK(asked.hears("nobody waits"));
    ask("0");
    asker.tell("cancel");
    CHECK(asker.hears("reply -12 cancelled"));
    asked.tell("drop");
    REQUIRE(asked.hears("drop 0"));
    ask("0");
    asked.tell("answer held");
    CHECK(asker.hears("reply 0 held"));
    CHECK(asked.hears("answered"));
    ask("0");
    asked.tell("answer_from_thread thread");
    CHECK(asker.hears("reply 0 thread"));
    ask("0");
    asked.tell("drop");
    REQUIRE(asked.hears("drop 0"));
    CHECK(asker.hears("reply -12 dropped"));
    ask("0");
    CHECK(asked.plugins.stop() == 0);  // the role that was asked goes
    CHECK(asker.hears("reply -12 "));
    CHECK(asker.count("reply") == 6);
    asker.tell("request " + asked.id() + " talk.hold 0 x");
    CHECK(asker.hears("reply -9 "));
    check_stop(asker);
}

TEST_CASE("message table: a host that is lost answers nothing", "[plugin][message]") {
    mesh_bench mesh;
    auto& asker = mesh.add_talker();
    auto& asked = mesh.add_talker();
    asked.tell("serve talk.hold hold");
    REQUIRE(asked.hears("serve 0"));
    asker.tell("request " + asked.id() + " talk.hold 0 x");
    REQUIRE(asked.hears("held x"));
    asked.endpoint.vanish();
    mesh.network.expire(transport::close_cause::unresponsive);
    CHECK(asker.hears("reply -15 "));
    asker.tell("request 0000 talk.hold 0 x");
    CHECK(asker.hears("request -1 request: no node has that id"));
    CHECK(asker.count("reply") == 1);
}

TEST_CASE("message table: a role that stops hears the end of what it asked", "[plugin][message]") {
    mesh_bench mesh(GENERATE(false, true));
    auto& host = mesh.add_talker();
    host.tell("serve talk.hold hold");
    host.tell("request self talk.hold 0 x");
    REQUIRE(host.hears("held x"));
    check_stop(host);
    CHECK(host.hears("reply -12 "));
    CHECK(host.hears("stopped"));
    CHECK(host.count("reply") == 1);
}

TEST_CASE("message table: what is refused", "[plugin][message]") {
    mesh_bench mesh(GENERATE(false, true));
    auto& host = mesh.add();
    host.run_talker();
    host.tell("serve elsewhere echo");
    CHECK(host.hears("serve -6 serve: " + denied("message:serve:elsewhere")));
    host.tell("serve talk.a*b echo");
    CHECK(host.hears("serve -1 "));
    host.tell("serve talk.echo echo");
    REQUIRE(host.hears("serve 0"));
    host.tell("cancel");
    CHECK(host.hears("cancel -4 "));
    host.tell("request self talk.echo -1 x");
    CHECK(host.hears("request -1 request: a request waits from now to one hour"));
}

TEST_CASE("message table: more questions than a role takes", "[plugin][message]") {
    mesh_bench mesh;
    auto& host = mesh.add_talker();
    host.tell("serve talk.hold hold");
    REQUIRE(host.hears("serve 0"));
    for (std::size_t i = 0; i <= plugin::proto::requests_of_port_max; ++i)
        host.tell("request self talk.hold 0 x");
    CHECK(host.hears("reply -8 too many requests are under way"));
    host.tell("answer now");
    CHECK(host.plugins.until([&] {
        return host.count("reply 0 now") == plugin::proto::requests_of_port_max;
    }));
    CHECK(host.count("reply") == plugin::proto::requests_of_port_max + 1);
}

TEST_CASE("identity table: what is signed is good for its context", "[plugin][identity]") {
    mesh_bench mesh(GENERATE(false, true));
    auto& host = mesh.add_talker();
    host.tell("sign lease the rack is mine");
    CHECK(host.hears("sign 0 good good"));
    host.tell("sign " + std::string(257, 'c') + " x");
    CHECK(host.hears("sign -1 sign: a context is 1 to 256 bytes"));
}

TEST_CASE("mesh tables: what a role leaves behind is ended for it", "[plugin][gossip]") {
    mesh_bench mesh(GENERATE(false, true));
    auto& host = mesh.add();
    host.run(test_plugin("leaks_mesh"));
    REQUIRE(mesh.until([&] {
        return host.topics.measure().readers == 1 && host.messages.measure().ports == 1;
    }));
    CHECK(host.plugins.stop() == 0);
    CHECK(
        host.plugins.errors
        == std::vector<std::string>{"MP305 left open at stop, cancelled by the host: 1 "
                                    "subscription(s) 1 port(s)"}
    );
    CHECK(host.plugins.manager().measure().handles == 0);
    CHECK(host.topics.measure().topics == 0);
    CHECK(host.messages.measure().ports == 0);
    CHECK(host.messages.measure().sent == 0);
}

TEST_CASE("mesh tables: new code that adopts nothing begins anew", "[plugin][gossip]") {
    mesh_bench mesh(GENERATE(false, true));
    auto& host = mesh.add_talker();
    host.tell("subscribe talk/news\nserve talk.hold hold\nrequest self talk.hold 0 x");
    REQUIRE(host.hears("held x"));
    bool is_reloaded = false;
    REQUIRE(host.plugins.manager().reload("talker-0", test_plugin("talker"), [&](const auto& how) {
        is_reloaded = how.has_value();
    }));
    REQUIRE(host.hears("started"));  // and reads its commands again
    REQUIRE(host.hears("held x"));
    REQUIRE(mesh.until([&] { return is_reloaded; }));
    CHECK(host.topics.measure().readers == 1);
    CHECK(host.messages.measure().ports == 1);
    CHECK(host.messages.measure().sent == 1);
    host.tell("answer now");
    CHECK(host.hears("reply 0 now"));
    check_stop(host);
}

TEST_CASE("mesh tables: a host without gossip refuses who needs it", "[plugin][gossip]") {
    mesh_bench mesh;
    auto& host = mesh.add();
    host.plugins.mesh.topics = nullptr;
    const auto refused = host.plugins.load(role_plugin("broker"));
    REQUIRE(refused);
    CHECK(
        refused->message
        == "plugin " + role_plugin("broker")
               + ": MP019 role \"broker\" needs the host extension mesh.gossip/1, which this host "
                 "has switched off"
    );
}
