// SPDX-License-Identifier: Apache-2.0
#include "nat/proto/punch_errc.hpp"
#include "nat/proto/punch_message.hpp"
#include "support/catch.hpp"

using namespace meshhost;
using namespace meshhost::nat::proto;

namespace {

std::string written(const control_frame& frame) {
    byte_buffer out;
    append_frame(out, frame);
    return to_hex(out);
}

/// What one stream with these bytes says; then its error.
struct told {
    std::vector<control_frame> frames;
    error_code error;
};

told read(std::string_view hex) {
    control_reader reader;
    reader.feed(from_hex(hex).value());
    told all;
    while (auto frame = reader.poll())
        all.frames.push_back(std::move(*frame));
    all.error = reader.error();
    return all;
}

/// The same bytes again, so that nothing was lost.
void check_read_again(const std::string& hex) {
    const told all = read(hex);
    REQUIRE(all.frames.size() == 1);
    CHECK_FALSE(all.error);
    CHECK(written(all.frames.front()) == hex);
}

candidate at(std::string_view text, candidate_kind kind) {
    return {ip_endpoint::parse(text).value(), kind};
}

}  // namespace

// docs/wire/punch.md has the same bytes.
TEST_CASE("punch_message: the vectors of docs/wire/punch.md", "[nat]") {
    const nat_traits traits{known::yes, known::no, true};
    const std::vector<std::pair<control_frame, std::string>> vectors{
        {hello_frame{1, {}}, "0000020100"},
        {hello_frame{1, traits}, "0000020116"},
        {add_address_frame{1, at("198.51.100.7:4433", candidate_kind::reflexive)},
         "01000c000000010104c63364071151"},
        {add_address_frame{2, at("[2001:db8::1]:4433", candidate_kind::interface)},
         "01001800000002000620010db80000000000000000000000011151"},
        {remove_address_frame{1}, "02000400000001"},
        {reach_out_frame{
             7,
             2,
             3,
             {at("192.168.1.11:5000", candidate_kind::interface),
              at("203.0.113.9:40000", candidate_kind::port_mapped)}},
         "03001700000007020302"
         "0004c0a8010b1388"
         "0204cb0071099c40"},
        {probe_ok_frame{7, ip_endpoint::parse("203.0.113.9:40000").value()},
         "04000b0000000704cb0071099c40"},
    };
    for (const auto& [frame, hex] : vectors) {
        CHECK(written(frame) == hex);
        check_read_again(hex);
    }
}

TEST_CASE("punch_message: cuts do not matter", "[nat]") {
    byte_buffer stream;
    append_frame(stream, hello_frame{});
    append_frame(stream, remove_address_frame{3});
    control_reader reader;
    std::size_t frames = 0;
    for (const std::uint8_t& byte : stream) {
        reader.feed({&byte, 1});
        while (reader.poll())
            ++frames;
        CHECK(reader.held() < 8);
    }
    CHECK(frames == 2);
    CHECK(reader.held() == 0);
}

TEST_CASE("punch_message: what breaks a rule ends the stream", "[nat]") {
    const auto error_of = [](std::string_view hex) { return read(hex).error; };
    CHECK(error_of("020201") == punch_errc::too_large);            // 513 bytes
    CHECK(error_of("000000") == punch_errc::malformed);            // an empty hello
    CHECK(error_of("0000020000") == punch_errc::malformed);        // of version 0
    CHECK(error_of("0200050000000100") == punch_errc::malformed);  // a byte behind
    CHECK(error_of("020003000000") == punch_errc::malformed);
    CHECK(error_of("01000c000000010105c63364071151") == punch_errc::malformed);  // family 5
    // seventeen addresses
    CHECK(error_of("03000700000007000011") == punch_errc::malformed);
    // Sticky, and nothing is held for a stream that broke.
    control_reader reader;
    reader.feed(from_hex("000000").value());
    CHECK_FALSE(reader.poll());
    reader.feed(from_hex("0000020100").value());
    CHECK_FALSE(reader.poll());
    CHECK(reader.error() == punch_errc::malformed);
    CHECK(reader.error().message() == "a control frame that cannot be read");
    CHECK(error_of("0000020100").message() == "Success");
}

TEST_CASE("punch_message: what a later version adds is skipped", "[nat]") {
    // A hello of version 9 with more behind, a type that is not known, then one that is.
    const told all = read("0000050900aabbcc"
                          "630003010203"
                          "02000400000001");
    CHECK_FALSE(all.error);
    REQUIRE(all.frames.size() == 2);
    CHECK(std::get<hello_frame>(all.frames[0]).version == 9);
    CHECK(std::get<remove_address_frame>(all.frames[1]).seq == 1);
    // Bits and kinds that mean nothing yet.
    const told odd = read("00000201ef"
                          "01000c000000017704c63364071151");
    REQUIRE(odd.frames.size() == 2);
    const auto traits = std::get<hello_frame>(odd.frames[0]).traits;
    CHECK(traits == nat_traits{known::unknown, known::unknown, false});
    CHECK(std::get<add_address_frame>(odd.frames[1]).address.kind == candidate_kind::reflexive);
}

TEST_CASE("punch_message: a round with every candidate fits", "[nat]") {
    reach_out_frame frame{1, 1, 3, {}};
    for (std::uint16_t i = 0; i < candidate_set::size_max; ++i)
        frame.addresses.push_back({ip_endpoint::any_v6(i), candidate_kind::told});
    byte_buffer out;
    append_frame(out, frame);
    CHECK(out.size() <= 3 + control_payload_max);
    check_read_again(to_hex(out));
}
