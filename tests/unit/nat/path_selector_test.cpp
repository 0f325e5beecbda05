// SPDX-License-Identifier: Apache-2.0
#include "nat/proto/path_selector.hpp"
#include "support/catch.hpp"

using namespace meshhost;
using namespace meshhost::nat::proto;

namespace {

constexpr time_point start{1h};

path_facts direct(std::uint64_t id, duration rtt, ip_family family = ip_family::v4) {
    return {.id = path_id(id), .family = family, .rtt = rtt, .last_heard = start};
}

path_facts relayed(std::uint64_t id, duration rtt) {
    return {.id = path_id(id), .is_relayed = true, .rtt = rtt, .last_heard = start};
}

path_choice choice(std::uint64_t id, choice_reason why) {
    return {path_id(id), why};
}

}  // namespace

TEST_CASE("path_selector: direct before relayed, however slow", "[nat]") {
    path_selector selector;
    CHECK_FALSE(selector.choose({}, start));
    const std::vector one{relayed(1, 20ms)};
    CHECK(selector.choose(one, start) == choice(1, choice_reason::only_one));
    const std::vector both{relayed(1, 20ms), direct(2, 200ms)};
    CHECK(selector.choose(both, start) == choice(2, choice_reason::is_direct));
    CHECK(selector.choose(both, start) == choice(2, choice_reason::is_kept));
    CHECK(path_selector().choose(both, start) == choice(2, choice_reason::is_direct));
    CHECK_FALSE(selector.choose({}, start));
    CHECK(selector.current() == path_id());
}

TEST_CASE("path_selector: a gain below 5 ms moves nothing, IPv6 has 3 ms of it", "[nat]") {
    path_selector selector;
    std::vector paths{direct(1, 20ms)};
    selector.choose(paths, start);
    paths.push_back(direct(2, 16ms));
    CHECK(selector.choose(paths, start) == choice(1, choice_reason::is_kept));
    paths.back() = direct(2, 15ms);
    CHECK(selector.choose(paths, start) == choice(2, choice_reason::is_faster));
    paths.push_back(direct(3, 13ms, ip_family::v6));
    CHECK(selector.choose(paths, start) == choice(3, choice_reason::is_faster));
    // Back and forth takes 5 ms either way.
    paths.back() = direct(3, 22ms, ip_family::v6);
    CHECK(selector.choose(paths, start) == choice(3, choice_reason::is_kept));
    paths.back() = direct(3, 23ms, ip_family::v6);
    CHECK(selector.choose(paths, start) == choice(2, choice_reason::is_faster));
}

TEST_CASE("path_selector: an unmeasured path is taken for a slow one", "[nat]") {
    path_selector selector;
    const std::vector paths{direct(1, 0ms), direct(2, 100ms)};
    CHECK(selector.choose(paths, start)->path == path_id(2));
}

TEST_CASE("path_selector: a silent path is left, and taken again when it speaks", "[nat]") {
    path_selector selector;
    std::vector paths{direct(1, 10ms), relayed(2, 50ms)};
    selector.choose(paths, start);
    paths[0].unanswered_since = start + 10ms;
    const time_point silent = silent_at(paths[0]);
    CHECK(silent >= start + silence_min);
    CHECK(silent <= start + silence_max);
    CHECK(path_selector::next_deadline(paths, path_id(1)) == silent);
    CHECK(path_selector::next_deadline(paths, path_id(9)) == no_deadline);
    CHECK(selector.choose(paths, silent - 1ns) == choice(1, choice_reason::is_kept));
    CHECK(selector.choose(paths, silent) == choice(2, choice_reason::fail_over));
    paths[0].last_heard = silent + 1s;
    paths[0].unanswered_since.reset();
    CHECK(selector.choose(paths, silent + 1s) == choice(1, choice_reason::is_direct));
}

TEST_CASE("path_selector: hearing postpones silence, and a slow path is given longer", "[nat]") {
    path_facts path = direct(1, 10ms);
    path.unanswered_since = start;
    const time_point before = silent_at(path);
    path.last_heard = start + 500ms;
    CHECK(silent_at(path) == before + 500ms);
    path_facts slow = direct(1, 300ms);
    slow.unanswered_since = start;
    CHECK(silent_at(slow) > before);
    slow.rtt = 10h;
    CHECK(silent_at(slow) == start + silence_max);
    slow.unanswered_since.reset();
    CHECK(silent_at(slow) == no_deadline);
}

TEST_CASE("path_selector: when all are silent nothing moves", "[nat]") {
    path_selector selector;
    std::vector paths{direct(1, 10ms), relayed(2, 50ms)};
    selector.choose(paths, start);
    for (path_facts& path : paths)
        path.unanswered_since = start;
    CHECK(selector.choose(paths, start + 1h) == choice(1, choice_reason::all_silent));
    CHECK(path_selector().choose(paths, start + 1h)->why == choice_reason::all_silent);
}

TEST_CASE("path_selector: a path that is gone is failed over", "[nat]") {
    path_selector selector;
    const std::vector two{direct(1, 10ms), relayed(2, 50ms)};
    selector.choose(two, start);
    const std::vector others{relayed(2, 50ms), relayed(3, 60ms)};
    CHECK(selector.choose(others, start) == choice(2, choice_reason::fail_over));
}

TEST_CASE("path_selector: the words for the choices", "[nat]") {
    CHECK(std::string(to_string(choice_reason::only_one)) == "only_one");
    CHECK(std::string(to_string(choice_reason::is_direct)) == "is_direct");
    CHECK(std::string(to_string(choice_reason::is_faster)) == "is_faster");
    CHECK(std::string(to_string(choice_reason::is_kept)) == "is_kept");
    CHECK(std::string(to_string(choice_reason::fail_over)) == "fail_over");
    CHECK(std::string(to_string(choice_reason::all_silent)) == "all_silent");
}
