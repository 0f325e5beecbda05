// SPDX-License-Identifier: Apache-2.0
#include "observe/proto/session_seal.hpp"
#include "support/catch.hpp"

#include <algorithm>

using namespace meshhost;
using namespace std::chrono_literals;
using observe::proto::session_seal;

namespace {

const session_seal::wall_time start{1'800'000'000s};

session_seal::key_type key_of(std::uint8_t byte) {
    session_seal::key_type key;
    key.value.fill(byte);
    return key;
}

}  // namespace

TEST_CASE("observe: a session is good where and until it says so", "[observe]") {
    const session_seal ours(key_of(1));
    const auto session = ours.make("c0ffee", start);
    CHECK(ours.is_good(session, start));
    CHECK(session_seal(key_of(1)).is_good(session, start + session_seal::life - 1s));
    CHECK_FALSE(ours.is_good(session, start + session_seal::life));
    CHECK_FALSE(session_seal(key_of(2)).is_good(session, start));
    CHECK(session != ours.make("decade", start));
    const bool is_for_a_cookie = std::all_of(session.begin(), session.end(), [](char c) {
        return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '.';
    });
    CHECK(is_for_a_cookie);
}

TEST_CASE("observe: a session that was changed anywhere is none", "[observe]") {
    const session_seal ours(key_of(1));
    const auto session = ours.make("c0ffee", start);
    for (std::size_t i = 0; i < session.size(); ++i) {
        auto other = session;
        other[i] = other[i] == '9' ? '8' : '9';
        INFO(i);
        CHECK_FALSE(ours.is_good(other, start));
        CHECK_FALSE(ours.is_good(session.substr(0, i), start));
    }
    for (const auto* wrong : {"", ".", "..", "9.9", "9.9.9", "99999999999999999999.a.00"})
        CHECK_FALSE(ours.is_good(wrong, start));
    CHECK_FALSE(ours.is_good(session + "00", start));
    CHECK_FALSE(ours.is_good(std::string(1'000'000, '.'), start));
}

TEST_CASE("observe: sessions end with the operator's token, or with the key", "[observe]") {
    session_seal ours(key_of(1));
    const auto before = ours.make("c0ffee", start);
    ours.set_standing_token("token");
    CHECK_FALSE(ours.is_good(before, start));
    const auto session = ours.make("c0ffee", start);
    CHECK(ours.is_good(session, start));
    ours.set_standing_token("another");
    CHECK_FALSE(ours.is_good(session, start));
    ours.set_standing_token("token");
    CHECK(ours.is_good(session, start));
    ours.replace_key(key_of(2));
    CHECK_FALSE(ours.is_good(session, start));
}
