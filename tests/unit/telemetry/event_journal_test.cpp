// SPDX-License-Identifier: Apache-2.0
#include "support/catch.hpp"
#include "telemetry/event_journal.hpp"

#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <functional>

using namespace meshhost;
using telemetry::event_journal;

namespace {

telemetry::event event_with(std::string reason) {
    telemetry::event out;
    out.reason = std::move(reason);
    return out;
}

}  // namespace

TEST_CASE("telemetry: an empty journal begins at one", "[telemetry]") {
    const event_journal journal;
    CHECK(journal.oldest() == 1);
    CHECK(journal.next() == 1);
    CHECK(journal.find(0) == nullptr);
    CHECK(journal.find(1) == nullptr);
}

TEST_CASE("telemetry: events are numbered from one and found by number", "[telemetry]") {
    event_journal journal;
    journal.append(event_with("a"));
    journal.append(event_with("b"));
    REQUIRE(journal.find(2) != nullptr);
    CHECK(journal.find(1)->reason == "a");
    CHECK(journal.find(2)->reason == "b");
    CHECK(journal.find(2)->sequence == 2);
    CHECK(journal.find(3) == nullptr);
}

TEST_CASE("telemetry: the oldest events give way", "[telemetry]") {
    event_journal journal({.events_max = 3});
    for (int i = 1; i <= 5; ++i)
        journal.append(event_with(std::to_string(i)));
    CHECK(journal.size() == 3);
    CHECK(journal.oldest() == 3);
    CHECK(journal.next() == 6);
    CHECK(journal.find(2) == nullptr);
    CHECK(journal.find(3)->reason == "3");
}

TEST_CASE("telemetry: long texts are cut, between characters", "[telemetry]") {
    event_journal journal({.text_max = 4});
    journal.append(event_with("ab\u00e9\u00e9"));  // two bytes each
    journal.append(event_with("abc\u00e9"));
    CHECK(journal.find(1)->reason == "ab\u00e9");
    CHECK(journal.find(2)->reason == "abc");
}

TEST_CASE("telemetry: the journal's memory is bounded, whatever it holds", "[telemetry]") {
    event_journal journal({.events_max = 1000, .bytes_max = 10'000, .text_max = 512});
    for (int i = 0; i < 1000; ++i)
        journal.append(event_with(std::string(512, 'x')));
    CHECK(journal.bytes() <= 10'000);
    CHECK(journal.size() > 1);
    CHECK(journal.find(1000) != nullptr);
}

TEST_CASE("telemetry: listeners hear each event with its number", "[telemetry]") {
    struct keeper final : telemetry::event_listener {
        void on_event(const telemetry::event& each) override { heard.push_back(each.sequence); }
        std::vector<std::uint64_t> heard;
    };
    event_journal journal;
    keeper one;
    keeper other;
    journal.add_listener(one);
    journal.append(event_with("a"));
    journal.add_listener(other);
    journal.append(event_with("b"));
    journal.remove_listener(one);
    journal.append(event_with("c"));
    CHECK(one.heard == std::vector<std::uint64_t>{1, 2});
    CHECK(other.heard == std::vector<std::uint64_t>{2, 3});
}

TEST_CASE("telemetry: a listener that changes the journal is stopped", "[telemetry]") {
    struct meddler final : telemetry::event_listener {
        void on_event(const telemetry::event& happened) override { meddle(happened); }
        std::function<void(const telemetry::event&)> meddle;
    };
    event_journal journal;
    meddler one;
    std::size_t read = 0;
    journal.add_listener(one);
    one.meddle = [&](const auto& happened) { read = journal.find(happened.sequence)->sequence; };
    journal.append(event_with("a"));
    CHECK(read == 1);

    const std::function<void(const telemetry::event&)> forbidden[] = {
        [&](const auto&) { journal.append(event_with("b")); },
        [&](const auto&) { journal.remove_listener(one); },
        [&](const auto&) { journal.add_listener(one); }};
    for (const auto& each : forbidden) {
        one.meddle = each;
        const auto child = ::fork();
        if (child == 0) {
            ::signal(SIGABRT, SIG_DFL);
            ::close(STDERR_FILENO);
            journal.append(event_with("c"));
            ::_exit(0);
        }
        int status = 0;
        REQUIRE(::waitpid(child, &status, 0) == child);
        CHECK(WIFSIGNALED(status));
        CHECK(WTERMSIG(status) == SIGABRT);
    }
}

TEST_CASE("telemetry: every type has a word of its own", "[telemetry]") {
    std::vector<std::string> words;
    const auto last = static_cast<int>(telemetry::event_type::lab_fault);
    for (int i = 0; i <= last; ++i)
        words.emplace_back(to_string(static_cast<telemetry::event_type>(i)));
    std::sort(words.begin(), words.end());
    CHECK(std::adjacent_find(words.begin(), words.end()) == words.end());
    CHECK(std::find(words.begin(), words.end(), "unknown") == words.end());
}
