// SPDX-License-Identifier: Apache-2.0
// Ports, requests and answers of one instance, by their handles.
#include "plugin/proto/message_port.hpp"
#include "support/catch.hpp"

using namespace meshhost::plugin::proto;

TEST_CASE("message port: a request is settled once", "[plugin]") {
    message_port port;
    const handle asked = port.ask(7);
    CHECK(port.has_asked(asked));
    CHECK(port.unsettled() == std::vector<handle>{asked});
    CHECK(port.settle(asked) == 7u);
    CHECK_FALSE(port.settle(asked));
    CHECK_FALSE(port.has_asked(asked));
    CHECK(port.size() == 0);
}

TEST_CASE("message port: a question is answered once, or withdrawn", "[plugin]") {
    message_port port;
    const handle first = port.arrive(100);
    const handle second = port.arrive(101);
    CHECK(port.arrive(101) == 0);  // the host numbers each once
    CHECK(port.number_of(first) == 100u);
    CHECK(port.answer(first));
    CHECK_FALSE(port.answer(first));
    CHECK_FALSE(port.number_of(first));
    port.withdraw(100);  // answered already
    port.withdraw(101);
    CHECK_FALSE(port.number_of(second));
    CHECK_FALSE(port.answer(second));
    CHECK(port.size() == 0);
}

TEST_CASE("message port: everything has a limit", "[plugin]") {
    message_port port;
    for (std::size_t i = 0; i < message_ports_max; ++i)
        CHECK(port.serve("p" + std::to_string(i), i) != 0);
    CHECK(port.serve("more", 0) == 0);
    CHECK(port.serves("p3"));
    CHECK_FALSE(port.serves("more"));
    for (std::size_t i = 0; i < requests_made_max; ++i)
        CHECK(port.ask(i) != 0);
    CHECK(port.ask(0) == 0);
    for (std::size_t i = 0; i < requests_heard_max; ++i)
        CHECK(port.arrive(i) != 0);
    CHECK(port.arrive(9999) == 0);
    port.clear();
    CHECK(port.size() == 0);
    CHECK(port.arrive(1) != 0);
}

TEST_CASE("message port: kinds are told apart, and tags may change", "[plugin]") {
    message_port port;
    const handle served = port.serve("a", 1);
    const handle asked = port.ask(2);
    const handle question = port.arrive(3);
    CHECK_FALSE(port.unserve(asked));
    CHECK_FALSE(port.settle(served));
    CHECK_FALSE(port.answer(asked));
    CHECK(port.number_of(question) == 3u);
    for (const held_tag& held : port.held())
        port.set_tag(held.handle, held.tag + 10);
    port.set_tag(question, 99);  // which has none
    CHECK(port.find(served)->tag == 11);
    CHECK(port.settle(asked) == 12u);
}
