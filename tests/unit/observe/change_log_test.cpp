// SPDX-License-Identifier: Apache-2.0
#include "observe/proto/change_log.hpp"
#include "observe/proto/packed_text.hpp"
#include "support/catch.hpp"
#include "unit/observe/told_picture.hpp"

#include <boost/json/parse.hpp>
#include <fmt/format.h>

#include <algorithm>
#include <random>

using namespace std::chrono_literals;
using namespace meshhost;
using namespace meshhost::observe::proto;
using test::picture;

namespace json = boost::json;

namespace {

/// A node whose state is the number of the state.
picture picture_of(std::uint64_t sequence) {
    picture made;
    made.nodes["a"] = {{"id", "a"}, {"state", sequence}};
    return made;
}

/// That cannot be packed.
std::string noise(std::size_t size) {
    static std::mt19937 random(3);
    std::string out(size, ' ');
    for (char& each : out)
        each = static_cast<char>('0' + random() % 64);
    std::replace(out.begin(), out.end(), '\\', 'x');
    return out;
}

void tell(
    change_log& log,
    std::uint64_t sequence,
    std::chrono::milliseconds at,
    std::size_t padding = 0
) {
    packed_picture now;
    if (sequence > 1) {
        now.begin();
        test::tell(picture_of(sequence - 1), now);
        now.finish();
    }
    now.begin();
    test::tell(picture_of(sequence), now);
    const auto frame = fmt::format(
        R"({{"t":"delta","ops":[{}],"padding":"{}"}})",
        now.finish().ops.take(),
        noise(padding)
    );
    log.add(sequence, at, frame, now);
}

std::optional<std::string> text_at(const change_log& log, std::chrono::milliseconds at) {
    std::string text;
    if (!log.at(at, [&](std::string_view piece) { text += piece; })) {
        CHECK(text.empty());
        return std::nullopt;
    }
    return text;
}

std::uint64_t state_at(const change_log& log, std::chrono::milliseconds at) {
    const auto then = text_at(log, at);
    REQUIRE(then.has_value());
    const auto whole = json::parse("{" + *then + "}");
    return whole.at("nodes").at(0).at("state").to_number<std::uint64_t>();
}

/// Takes so much, and then nothing any more; or cannot be read.
class failing_blocks final : public block_store {
public:
    explicit failing_blocks(std::size_t good)
        : good_(good) {}
    std::optional<block> put(std::string_view bytes) override {
        if (good_ == 0) return std::nullopt;
        --good_;
        return held_.put(bytes);
    }
    std::optional<std::string> get(const block& which) const override {
        return good_ == 0 ? std::nullopt : held_.get(which);
    }
    void drop(const block& oldest) override { held_.drop(oldest); }
    std::size_t bytes_max() const noexcept override { return held_.bytes_max(); }

private:
    std::size_t good_;
    memory_blocks held_{1 << 20};
};

}  // namespace

TEST_CASE("observe: whoever has a state gets what came after it", "[observe]") {
    change_log log;
    CHECK_FALSE(log.since(0).has_value());
    for (std::uint64_t i = 1; i <= 5; ++i)
        tell(log, i, std::chrono::milliseconds(i));
    CHECK(log.since(5)->empty());
    CHECK(log.since(3)->size() == 2);
    CHECK(log.since(1)->size() == 4);
    CHECK_FALSE(log.since(0).has_value());  // nobody had what was before the first
    CHECK_FALSE(log.since(6).has_value());
}

TEST_CASE("observe: a past moment is as it was", "[observe]") {
    change_log log({.memory_max = 1 << 20, .age_max = 100s, .base_every = 10s});
    for (std::uint64_t i = 1; i <= 300; ++i)
        tell(log, i, std::chrono::seconds(i));
    CHECK(state_at(log, 300s) == 300);
    CHECK(state_at(log, 299'999ms) == 299);
    CHECK(state_at(log, 1000s) == 300);
    REQUIRE(log.oldest().has_value());
    CHECK(*log.oldest() >= 185s);
    CHECK(*log.oldest() <= 205s);
    CHECK(state_at(log, *log.oldest()) == static_cast<std::uint64_t>(*log.oldest() / 1s));
    CHECK_FALSE(text_at(log, *log.oldest() - 1ms).has_value());
    CHECK(*log.newest() == 300s);
}

TEST_CASE("observe: the log never holds more than it may", "[observe]") {
    constexpr std::size_t most = 64 << 10;
    change_log log({.memory_max = most, .age_max = 1000s, .base_every = 10s});
    for (std::uint64_t i = 1; i <= 2000; ++i) {
        tell(log, i, std::chrono::milliseconds(i * 100), i % 7 == 0 ? 5000 : 10);
        REQUIRE(log.bytes() <= most);
    }
    tell(log, 2001, 300s, 2 * most);  // one that is larger than all there may be
    CHECK(log.bytes() <= most);
    tell(log, 2002, 301s);
    CHECK(state_at(log, 301s) == 2002);
}

TEST_CASE("observe: whoever was away for too much is not told of it again", "[observe]") {
    change_log log({.told_again_max = 4000});
    for (std::uint64_t i = 1; i <= 10; ++i)
        tell(log, i, std::chrono::milliseconds(i), 1000);
    CHECK(log.since(9)->size() == 1);
    CHECK(log.since(7)->size() == 3);
    CHECK_FALSE(log.since(2).has_value());
}

TEST_CASE("observe: what is packed is unpacked as it was", "[observe]") {
    for (const auto& text :
         {std::string(), std::string("x"), noise(200'000), std::string(300'000, 'a')}) {
        const auto packed = pack(text);
        CHECK(unpack(packed, text.size()) == text);
        CHECK(packed.size() < text.size() + 100);
    }
    CHECK(pack(std::string(300'000, 'a')).size() < 2000);
    std::vector<std::string> lines;
    const std::string wide(100'000, 'w');
    unpack_lines(pack("a\n\n" + wide + "\nend"), [&](std::string_view line) {
        lines.emplace_back(line);
    });
    CHECK(lines == std::vector<std::string>{"a", "", wide, "end"});
}

TEST_CASE("observe: where the log cannot be written it goes on in memory", "[observe]") {
    for (std::size_t good = 0; good < 12; ++good) {
        change_log log({.base_every = 3s}, std::make_unique<failing_blocks>(good));
        for (std::uint64_t i = 1; i <= 20; ++i) {
            tell(log, i, std::chrono::seconds(i));
            if (log.is_in_memory()) CHECK(state_at(log, std::chrono::seconds(i)) == i);
        }
        CHECK(log.is_in_memory());
        CHECK(log.since(19)->size() == 1);
        CHECK(log.oldest() >= std::chrono::seconds(good / 2));
    }
}

TEST_CASE("observe: where the log cannot be read there is no past", "[observe]") {
    change_log log({.base_every = 100s}, std::make_unique<failing_blocks>(3));
    for (std::uint64_t i = 1; i <= 3; ++i)
        tell(log, i, std::chrono::seconds(i));
    CHECK_FALSE(log.is_in_memory());
    CHECK_FALSE(text_at(log, 3s).has_value());
    CHECK_FALSE(log.since(1).has_value());
}

TEST_CASE("observe: where much changes, the last of it can still be looked at", "[observe]") {
    change_log log({.memory_max = 100'000, .age_max = 600s, .base_every = 60s});
    for (std::uint64_t i = 1; i <= 500; ++i) {
        tell(log, i, std::chrono::milliseconds(i * 250), 4000);
        REQUIRE(log.oldest().has_value());
        if (i > 100) REQUIRE(*log.newest() - *log.oldest() > 3s);
        CHECK(state_at(log, *log.oldest()) > 0);
    }
}
